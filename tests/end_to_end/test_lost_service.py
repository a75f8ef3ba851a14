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


@pytest.mark.timeout(240)
def test_a_worker_that_does_not_stay_is_told_with_its_last_words_and_works_once_it_can(
    own_machine: UserMachine, tmp_path: Path
) -> None:
    own_machine.state.mkdir()
    in_the_way = own_machine.state / "workers"  # the folder of the workers' identities
    in_the_way.write_text("")
    project = plan_project(tmp_path, runbook(task("Write a", "echo a > a.txt", "test -s a.txt", id="A")))
    following = own_machine.start("execute", project.plan_folder, "--repo", project.repository)
    following.wait_until_said("worker-1 of the local service has ended 3 times in a row")
    seen = own_machine.tasks("doctor")
    assert seen.returncode == 6
    assert "in a row, at last with: error: the state folder" in seen.stdout
    assert str(own_machine.state / "logs/worker-1.log") in seen.stdout
    in_the_way.unlink()
    ended = following.end()
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("worker-1 of the local service has ended") == 1
    assert project.landed() == ["Land A: Write a"]


def followed_run(machine: UserMachine, folder: Path, gates: Gates) -> tuple[PlannedProject, RunningCommand]:
    """Return a run whose task waits at its gate once, and the command that follows it."""
    gates.close("a#1")
    text = runbook(task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"))
    project = plan_project(folder, text)
    following = machine.start("execute", project.plan_folder, "--repo", project.repository)
    following.wait_until_said("A running · develop")
    gates.wait_at("a")
    return project, following
