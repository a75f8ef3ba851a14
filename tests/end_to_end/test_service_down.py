"""`tasks down` leaves nothing, whatever state the service and the commands of its tasks are in."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine, running_for_tasks
from tests.small_project import plan_project, runbook, task

EVERYTHING = ("supervisor", "server", "control", "worker")
DOWN_SECONDS = 60


def start_a_stubborn_command(machine: UserMachine, folder: Path, gates: Gates) -> None:
    """Start a run whose only command does not listen to SIGTERM, and wait until that runs."""
    gates.close("stubborn")
    script = f"trap '' TERM\n{gates.passing('stubborn')}\necho a > a.txt"
    project = plan_project(folder, runbook(task("Write a", script, "test -s a.txt", id="A")))
    done = machine.tasks("execute", project.plan_folder, "--repo", project.repository, "--detach")
    assert done.returncode == 0, done.stderr
    gates.wait_at("stubborn")


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("killed", "stopped"),
    [((), ("worker",)), (("supervisor",), ("server", "control", "worker"))],
    ids=["the workers hang", "the supervisor was killed and the rest hangs"],
)
def test_down_leaves_no_process_of_the_service_and_none_of_a_task(
    own_machine: UserMachine, tmp_path: Path, gates: Gates, killed: tuple[str, ...], stopped: tuple[str, ...]
) -> None:
    start_a_stubborn_command(own_machine, tmp_path, gates)
    pids = {role: own_machine.processes(role) for role in EVERYTHING}
    for roles, number in ((killed, signal.SIGKILL), (stopped, signal.SIGSTOP)):
        for pid in (pid for role in roles for pid in pids[role]):
            os.kill(pid, number)
    assert own_machine.tasks("down", deadline=DOWN_SECONDS).stdout == "stopped\n"
    assert own_machine.leftovers() == []
    assert running_for_tasks(tmp_path) == []
    again = own_machine.tasks("down")
    assert (again.returncode, again.stdout) == (0, "nothing was running\n")
