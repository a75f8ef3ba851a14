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


def failed_run(machine: UserMachine, folder: Path, run_id: str, *sections: str) -> PlannedProject:
    """Return a project whose run has ended with a failure."""
    project = plan_project(folder, runbook(*sections))
    done = machine.tasks("execute", project.plan_folder, "--repo", project.repository, "--run-id", run_id)
    assert done.returncode == 7, done.stderr
    return project


def logged(name: str, log: Path, check: str, **keys: object) -> str:
    """Return a task that notes each of its executions."""
    script = f"echo {name} >> {log}; echo {name} > {name}.txt"
    return task(f"Write {name}", script, check, id=name, max_retries=0, **keys)


def test_after_a_persons_fix_only_the_failed_task_is_done_again(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    project = failed_run(
        shared_machine,
        tmp_path,
        "fixed",
        logged("A", log, "test -s A.txt"),
        logged("B", log, "test -e fixed.txt", after="[A]"),
    )
    mine = tmp_path / "mine"
    git(project.repository, "worktree", "add", "-q", str(mine), "feature/change-the-app")
    (mine / "fixed.txt").write_text("by a person\n")
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", "Fix what B needs")
    refused = shared_machine.tasks("resume", "fixed")
    assert refused.returncode == 1, refused.stderr
    assert str(mine) in refused.stderr
    retried = shared_machine.tasks("retry", "fixed", "B")
    assert (retried.returncode, retried.stdout) == (1, "")
    status = shared_machine.json("status", "fixed")
    assert (status["state"], status["progress"]["completed"]) == ("failed", 1), (
        "what is refused changes nothing"
    )
    git(project.repository, "worktree", "remove", str(mine))
    resumed = shared_machine.tasks("resume", "fixed")
    assert resumed.returncode == 0, resumed.stderr
    assert log.read_text().split() == ["A", "B", "B"]
    assert project.landed() == ["Land A: Write A", "Land B: Write B"]
    assert git(project.repository, "show", "feature/change-the-app:fixed.txt") == "by a person"


def test_a_repository_that_was_moved_goes_on_where_it_is_now(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    log, fixed = tmp_path / "log", tmp_path / "fixed"
    sections = (
        logged("A", log, "test -s A.txt"),
        logged("B", log, f"test -e {fixed}", after="[A]"),
    )
    project = failed_run(shared_machine, tmp_path, "moved", *sections)
    fixed.touch()
    stranger = plan_project(tmp_path / "stranger", runbook(*sections)).repository
    there = project.repository.rename(tmp_path / "there")
    for more, said in (
        ((), "tasks resume moved --repo FOLDER"),
        (("--repo", stranger), f"the repository {stranger} knows no run 'moved'"),
    ):
        refused = shared_machine.tasks("resume", "moved", *more)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert said in refused.stderr
    resumed = shared_machine.tasks("resume", "moved", "--repo", there, "--branch", "feature/elsewhere")
    assert resumed.returncode == 0, resumed.stderr
    assert log.read_text().split() == ["A", "B", "A", "B"], "on another branch nothing has landed yet"
    subjects = git(there, "log", "--first-parent", "--merges", "--format=%s", "feature/elsewhere")
    assert subjects.splitlines() == ["Land B: Write B", "Land A: Write A"]


def test_an_edited_plan_goes_on_and_does_again_only_what_it_changed(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    first = (logged("A", log, "test -s A.txt"), logged("B", log, "test -s B.txt"))
    project = failed_run(shared_machine, tmp_path, "edited", *first, logged("C", log, "false"))
    document = tmp_path / "RUNBOOK.md"
    edited = (
        first[0],
        logged("B", log, "grep -q B B.txt", changes="optional"),
        logged("C", log, "test -s C.txt"),
    )
    document.write_text(runbook(*edited))
    planned = shared_machine.tasks("plan", "-f", document, "-p", project.repository, "-o", tmp_path / "again")
    assert planned.returncode == 0, planned.stderr
    options = ("execute", tmp_path / "again", "--repo", project.repository)
    other = shared_machine.tasks(*options)
    assert other.returncode == 1
    assert "--run-id edited --resume" in other.stderr
    resumed = shared_machine.tasks(*options, "--run-id", "edited", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "B landed in" in resumed.stderr
    assert sorted(log.read_text().split()) == ["A", "B", "B", "C", "C"]
    assert "3 of 3 tasks landed" in resumed.stderr


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
