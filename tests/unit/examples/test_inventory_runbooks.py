"""Every task of the example is honest: red before, green after, in its scope, and the suite stays green."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.unit.examples.runbook_tasks import (
    INVENTORY,
    Runbook,
    RunbookTask,
    cleared_environment,
    git,
    make_repository,
    read_runbook,
    run_script,
    write_feedback,
)

RUNBOOK = read_runbook(INVENTORY / "RUNBOOK.md")
BROKEN = read_runbook(INVENTORY / "BROKEN_RUNBOOK.md")
SUITE = "python3 -m unittest discover -s tests"


@dataclass(frozen=True, slots=True)
class Workshop:
    """A copy of the example in a repository of its own, worked on by hand."""

    folder: Path
    environment: dict[str, str]
    feedback_file: Path

    def run(self, script: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a script as a command of a run is run."""
        return run_script(script, self.folder, self.environment | extra)

    def attempt(self, task: RunbookTask, output: str | None, number: int) -> str | None:
        """Do a task on a clean tree; return the output of its check if it is red."""
        git(self.folder, "reset", "-q", "--hard")
        git(self.folder, "clean", "-qfdx")
        extra = {"TASKS_ATTEMPT": str(number)}
        if output is not None:
            extra["TASKS_FEEDBACK"] = str(write_feedback(self.feedback_file, task.check, output))
        done = self.run(task.run, **extra)
        assert done.returncode == 0, done.stdout
        check = self.run(task.check)
        return None if check.returncode == 0 else check.stdout

    def develop(self, task: RunbookTask) -> int | None:
        """Do a task as a run would, at most three times; return the attempts it took, None if it failed."""
        output = None
        for number in (1, 2, 3):
            output = self.attempt(task, output, number)
            if output is None:
                return number
        return None

    def changed(self) -> list[str]:
        """Return the files that differ from the last commit."""
        git(self.folder, "add", "--all")
        return git(self.folder, "diff", "--cached", "--name-only").split()

    def commit(self, task: RunbookTask) -> None:
        """Keep what was done."""
        git(self.folder, "commit", "-q", "-m", task.id)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    folder = make_repository(INVENTORY, tmp_path / "inventory")
    return Workshop(folder, cleared_environment(tmp_path / "private"), tmp_path / "feedback.json")


def in_scope(path: str, task: RunbookTask) -> bool:
    return any(fnmatch(path, pattern) for pattern in task.scope)


def test_the_suite_of_the_example_passes_before_anything_is_done(workshop: Workshop) -> None:
    result = workshop.run(SUITE)
    assert result.returncode == 0, result.stdout
    assert "Ran 10 tests" in result.stdout


@pytest.mark.parametrize("runbook", [RUNBOOK, BROKEN], ids=["RUNBOOK.md", "BROKEN_RUNBOOK.md"])
def test_every_check_is_red_on_the_base(workshop: Workshop, runbook: Runbook) -> None:
    assert [task.id for task in runbook.tasks if workshop.run(task.check).returncode == 0] == []


def test_done_in_order_by_hand_every_task_turns_its_check_green_and_keeps_the_suite_green(
    workshop: Workshop,
) -> None:
    attempts = {}
    for task in RUNBOOK.tasks:
        assert workshop.run(task.check).returncode != 0, f"{task.id} is green before it is done"
        attempts[task.id] = workshop.develop(task)
        changed = workshop.changed()
        assert changed, f"{task.id} changed nothing"
        assert [path for path in changed if not in_scope(path, task)] == [], task.id
        suite = workshop.run(SUITE)
        assert suite.returncode == 0, f"{task.id}: {suite.stdout}"
        workshop.commit(task)
    assert attempts == dict.fromkeys(attempts, 1) | {"exact-cents": 2}
    assert [task.id for task in RUNBOOK.tasks if workshop.run(task.check).returncode != 0] == []


def test_doing_a_task_twice_changes_nothing_the_second_time(workshop: Workshop) -> None:
    for task in RUNBOOK.tasks:
        workshop.develop(task)
        workshop.changed()
        workshop.commit(task)
        if task.id != "exact-cents":  # it is written anew from the feedback, which is gone by now
            assert workshop.run(task.run).returncode == 0
            assert workshop.changed() == [], task.id


def test_getting_the_cents_right_reacts_to_what_the_check_said_and_not_to_the_attempt(
    workshop: Workshop,
) -> None:
    (task,) = (task for task in RUNBOOK.tasks if task.id == "exact-cents")
    first = workshop.attempt(task, None, number=1)
    assert first is not None
    assert "Decimal('1.15') != Decimal('1.16')" in first
    assert workshop.attempt(task, "something else was wrong", number=2) is not None
    assert workshop.attempt(task, first, number=3) is None


def test_without_their_resource_the_two_catalogue_tasks_could_not_be_merged(workshop: Workshop) -> None:
    rivals = [task for task in RUNBOOK.tasks if task.exclusive]
    assert [task.exclusive for task in rivals] == [("catalogue-file",), ("catalogue-file",)]
    for task in rivals:
        git(workshop.folder, "switch", "-q", "-c", task.id, "main")
        workshop.develop(task)
        workshop.changed()
        workshop.commit(task)
    with pytest.raises(subprocess.CalledProcessError, match="merge"):
        git(workshop.folder, "merge", rivals[0].id)


def test_the_broken_runbook_fails_for_good_where_it_says_and_only_there(workshop: Workshop) -> None:
    attempts = {}
    for task in BROKEN.tasks:
        if task.id == "begin-april":
            continue  # it needs what failed: a run never starts it
        attempts[task.id] = workshop.develop(task)
        if attempts[task.id] is not None:
            assert [path for path in workshop.changed() if not in_scope(path, task)] == []
            workshop.commit(task)
    assert attempts == {"compare-with-count": 1, "close-march": None, "shelf-labels": 1}
    (failing,) = (task for task in BROKEN.tasks if task.id == "close-march")
    output = workshop.attempt(failing, None, number=1)
    assert output == "chain-9: 2 counted, 1 in the ledger\n"
