"""After an upgrade the next command replaces the service, in the middle of a run."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.installed_copy import InstalledCopy
from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import plan_project, runbook, task
from workers.service_record import ServiceRecord, read_service
from workers.state_folder import StateFolder


def record_of(machine: UserMachine) -> ServiceRecord:
    record = read_service(StateFolder(machine.state))
    assert record is not None
    return record


def control_of(machine: UserMachine) -> int:
    """Return the pid of the control worker, 0 while there is none."""
    return next((each.pid for each in record_of(machine).processes if each.role == "control"), 0)


@pytest.mark.timeout(240)
def test_the_next_command_after_an_upgrade_replaces_the_service_and_the_run_ends_right(
    own_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    installed = InstalledCopy.make(tmp_path / "installed")
    machine = replace(own_machine, program=installed.program)
    gates.close("b")
    text = runbook(
        task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"),
        task("Write b", f"{gates.passing('b')}\necho b > b.txt", "test -s b.txt", id="B", after="[A]"),
        task("Write c", f"{gates.passing('c')}\necho c > c.txt", "test -s c.txt", id="C", after="[B]"),
    )
    project = plan_project(tmp_path, text)
    options = ("--repo", project.repository, "--run-id", "long", "--detach", "--worker-min", "3")
    assert machine.tasks("execute", project.plan_folder, *options).returncode == 0
    gates.wait_at("b")
    before = record_of(machine)
    assert before.build == installed.build

    installed.upgrade()
    # The supervisor writes its record anew, and is of the old build still.
    killed = control_of(machine)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: control_of(machine) not in {0, killed}, "the control worker was started again")
    assert record_of(machine).build == before.build

    status = machine.tasks("status", "long", "--json")
    assert status.returncode == 0, status.stderr
    assert "of another build" in status.stderr
    after = record_of(machine)
    assert after.build == installed.build != before.build
    assert not {each.pid for each in before.processes} & {each.pid for each in after.processes}
    assert sum(each.role == "worker" for each in after.processes) == 3, "the pool keeps its size"

    gates.open("b")
    ended = machine.tasks("status", "long", "--watch")
    assert ended.returncode == 0, ended.stderr
    assert "of another build" not in ended.stderr
    assert project.landed() == ["Land A: Write a", "Land B: Write b", "Land C: Write c"]
    counts = {point: gates.points().count(point) for point in "abc"}
    assert counts == {"a": 1, "b": 2, "c": 1}, "only the step in flight was done again"
