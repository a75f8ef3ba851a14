"""A run that was terminated, or of which Temporal has forgotten everything, goes on from what git holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine, running_for_tasks
from tests.end_to_end.waiting import wait_until
from tests.small_project import PlannedProject, git, plan_project, runbook, task

RUN = "resumed"


def half_done(machine: UserMachine, folder: Path, gates: Gates) -> PlannedProject:
    """Return a project whose run has landed A and B, while C and D are proven to be running."""
    sections = [
        task(
            f"Write {name}",
            f"{gates.passing(name)}\necho {name} > {name}.txt",
            f"test -s {name}.txt",
            id=name,
        )
        for name in ("A", "B", "C", "D")
    ]
    project = plan_project(folder, runbook(*sections))
    gates.close("C")
    gates.close("D")
    options = ("--repo", project.repository, "--run-id", RUN, "--detach")
    started = machine.tasks("execute", project.plan_folder, *options)
    assert started.returncode == 0, started.stderr
    gates.wait_at("C")
    gates.wait_at("D")
    wait_until(lambda: machine.json("status", RUN)["progress"]["completed"] == 2, "A and B landed")
    return project


def check_ending(project: PlannedProject, gates: Gates, folder: Path) -> None:
    assert sorted(project.landed()) == [f"Land {name}: Write {name}" for name in "ABCD"]
    points = gates.points()
    assert (points.count("A"), points.count("B")) == (1, 1), "landed tasks are not done again"
    wait_until(lambda: not running_for_tasks(folder), "every command has ended", seconds=15)
    assert git(project.repository, "worktree", "list").count("\n") == 0
    assert git(project.repository, "status", "--porcelain") == ""


@pytest.mark.timeout(240)
def test_a_terminated_run_goes_on_and_does_nothing_twice(
    own_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    project = half_done(own_machine, tmp_path / "work", gates)
    ended = own_machine.temporal("workflow", "terminate", "--workflow-id", RUN)
    assert ended.returncode == 0, ended.stderr
    gates.open("C")
    gates.open("D")
    resumed = own_machine.tasks("resume", RUN)
    assert resumed.returncode == 0, resumed.stderr
    assert "4 of 4 tasks landed" in resumed.stderr
    check_ending(project, gates, tmp_path)


@pytest.mark.timeout(240)
def test_a_run_that_temporal_has_forgotten_goes_on_from_git_alone(
    own_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    project = half_done(own_machine, tmp_path / "work", gates)
    assert own_machine.tasks("down").returncode == 0
    for file in own_machine.state.glob("temporal.db*"):
        file.unlink()
    gates.open("C")
    gates.open("D")
    unknown = own_machine.tasks("resume", RUN)
    assert unknown.returncode == 1
    assert "--repo" in unknown.stderr
    resumed = own_machine.tasks("resume", RUN, "--repo", project.repository)
    assert resumed.returncode == 0, resumed.stderr
    assert "4 of 4 tasks landed" in resumed.stderr
    check_ending(project, gates, tmp_path)
