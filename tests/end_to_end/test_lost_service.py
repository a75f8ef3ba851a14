"""A command that follows a run when the whole service is killed or stopped under it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.kill_targets import ServicePids, kill_all
from tests.end_to_end.running_command import RunningCommand
from tests.end_to_end.user_machine import UserMachine
from tests.small_project import PlannedProject, plan_project, runbook, task


@pytest.mark.timeout(240)
def test_a_command_that_follows_a_run_brings_a_killed_service_back(
    own_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    project, following = followed_run(own_machine, tmp_path, gates)
    kill_all(ServicePids.of(own_machine).all())
    ended = following.end()
    assert ended.returncode == 0, ended.stderr
    assert "starting the local service" in ended.stderr.split("A running · develop")[1]
    assert project.landed() == ["Land A: Write a"]


@pytest.mark.timeout(240)
def test_a_command_that_follows_a_run_respects_that_the_service_was_stopped(
    own_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    project, following = followed_run(own_machine, tmp_path, gates)
    assert own_machine.tasks("down").returncode == 0
    ended = following.end()
    assert ended.returncode == 6, ended.stderr
    assert "the local service was stopped" in ended.stderr
    assert "`tasks up`" in ended.stderr
    assert own_machine.processes() == []
    assert project.landed() == []


def followed_run(machine: UserMachine, folder: Path, gates: Gates) -> tuple[PlannedProject, RunningCommand]:
    """Return a run whose task waits at its gate once, and the command that follows it."""
    gates.close("a#1")
    text = runbook(task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"))
    project = plan_project(folder, text)
    following = machine.start("execute", project.plan_folder, "--repo", project.repository)
    following.wait_until_said("A running · develop")
    gates.wait_at("a")
    return project, following
