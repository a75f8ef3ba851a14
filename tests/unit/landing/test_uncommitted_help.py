"""What is green only where the work was done, helped by something that is not committed, does not land."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_project import PlannedProject, git, plan_project, runbook, task
from tests.unit.landing.run_of_phases import TaskInRun, load_run

IGNORED = {"README.md": "# Project\n", ".gitignore": "build/\n*.pyc\ngenerated.py\n"}
QUIET = "```sh verify\ntest -f README.md\n```\n"
HELP = {
    "an ignored file": ("mkdir -p build; echo 1 > build/out", "test -f build/out"),
    "the home folder": ('echo 1 > "$HOME/marker"', 'test -f "$HOME/marker"'),
    "the environment": (
        'mkdir -p "$TASKS_ENV/bin"; cp /bin/true "$TASKS_ENV/bin/proof"',
        "proof",
    ),
}


def planned(folder: Path, run: str, check: str, verify: str = QUIET, **keys: object) -> PlannedProject:
    first = task("Write a", f"{run}\necho a > a.txt", check, id="A", max_retries=0, **keys)
    second = task("Write b", "echo b > b.txt", "test -s b.txt", id="B", after="[A]")
    return plan_project(folder, runbook(first, second, verify=verify), IGNORED)


def run_first(folder: Path, project: PlannedProject) -> TaskInRun:
    work = load_run(project, folder / "state").task("A")
    work.run()
    return work


@pytest.mark.parametrize("help_from", HELP)
def test_help_that_is_not_committed_does_not_carry_a_task_into_the_branch(
    tmp_path: Path, help_from: str
) -> None:
    run, check = HELP[help_from]
    project = planned(tmp_path, run, check)
    work = run_first(tmp_path, project)
    assert (work.cycle.outcome, work.landed) == ("failed", None)
    first, second = work.cycle.feedback
    assert (first.phase, first.rule) == ("land", "command")
    assert (second.phase, second.rule) == ("land", "uncommitted_help")
    assert "HOME or TASKS_ENV" in second.message
    assert project.landed() == []


def test_a_verify_command_that_needs_an_ignored_file_keeps_the_branch_green(tmp_path: Path) -> None:
    verify = "```sh verify\ntest ! -e a.txt || test -e generated.py\n```\n"
    project = planned(tmp_path, "echo 1 > generated.py", "test -s a.txt", verify)
    work = run_first(tmp_path, project)
    assert work.cycle.outcome == "failed"
    assert [feedback.rule for feedback in work.cycle.feedback] == ["verify", "uncommitted_help"]
    assert project.landed() == []


def test_a_branch_that_somebody_else_made_red_is_told(tmp_path: Path) -> None:
    verify = "```sh verify\ntest -f README.md\n```\n"
    project = planned(tmp_path, ":", "test -s a.txt", verify)
    run = load_run(project, tmp_path / "state")
    run.complete("A")
    second = run.task("B")
    second.run_until("land")
    mine = tmp_path / "mine"
    git(project.repository, "worktree", "add", "-q", str(mine), run.context.branch)
    git(mine, "rm", "-q", "README.md")
    git(mine, "commit", "-qm", "Remove what verify asks for")
    git(project.repository, "worktree", "remove", str(mine))
    second.step()
    assert second.landed is not None
    (note,) = second.notes
    assert note.startswith(f"{run.context.branch} is red, and was so before tasks landed on it: `test -f")


def test_what_a_landing_left_behind_helps_no_later_one(tmp_path: Path) -> None:
    leave = 'mkdir -p build "$HOME/x" && touch build/out "$HOME/x/y" "$TASKS_ENV/z"'
    look = 'test ! -e build/out && test ! -e "$HOME/x" && test ! -e "$TASKS_ENV/z" && test -s b.txt'
    first = task("Write a", "echo a > a.txt", f"test -s a.txt && {leave}", id="A")
    second = task("Write b", "echo b > b.txt", look, id="B", after="[A]", max_retries=0)
    project = plan_project(tmp_path, runbook(first, second, verify=QUIET), IGNORED)
    run = load_run(project, tmp_path / "state")
    run.complete("A")
    run.complete("B")


def test_what_a_clean_checkout_has_proven_is_not_measured_again(tmp_path: Path) -> None:
    counted = f"```sh verify\necho x >> {tmp_path}/runs\n```\n"
    project = planned(tmp_path, ":", "test -s a.txt", counted)
    run = load_run(project, tmp_path / "state")
    run.complete("A")
    # On the base, where the work was done, and on the merge; the last is the base of the next task.
    assert (tmp_path / "runs").read_text().count("x") == 3
    run.complete("B")
    assert (tmp_path / "runs").read_text().count("x") == 5
    assert git(project.repository, "status", "--porcelain") == ""
