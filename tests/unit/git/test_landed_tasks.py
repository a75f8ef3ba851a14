from __future__ import annotations

from pathlib import Path

from activities.landed_tasks import landed_tasks
from activities.run_preflight import create_feature_branch
from planner.machine.git_reader import branch_tip
from planner.machine.repository_folders import RepositoryFolders
from tests.unit.git.sample_repository import (
    CONTENT,
    FEATURE,
    commit,
    git,
    head,
    land_edit,
    work_on,
    write,
)


def test_every_landing_since_the_base_is_found_oldest_first(folders: RepositoryFolders, root: Path) -> None:
    base = head(folders.top)
    commits = {task: land_edit(folders, root, task, f"{task}.txt", "x\n") for task in ("T1", "T2", "T3")}
    landed, notes = landed_tasks(folders, FEATURE, base, dict.fromkeys(commits, CONTENT))
    assert [(task.task_id, task.commit, task.attempt) for task in landed] == [
        (task, made, 1) for task, made in commits.items()
    ]
    assert notes == ()


def test_a_task_that_the_plan_has_changed_or_dropped_is_not_counted_and_noted(
    folders: RepositoryFolders, root: Path
) -> None:
    base = head(folders.top)
    for task in ("T1", "T2", "T3"):
        land_edit(folders, root, task, f"{task}.txt", "x\n")
    landed, notes = landed_tasks(folders, FEATURE, base, {"T1": CONTENT, "T2": "f" * 16})
    assert [task.task_id for task in landed] == ["T1"]
    assert len(notes) == 2
    assert any("T2" in note and "done again" in note for note in notes)
    assert any("T3" in note and "no longer has it" in note for note in notes)


def test_work_that_was_committed_but_never_landed_does_not_count(
    folders: RepositoryFolders, root: Path
) -> None:
    base = create_feature_branch(folders, FEATURE, head(folders.top))
    work = work_on(folders, root, "T1", base)
    write(work.path / "a.txt", "a\n")
    made = commit(work, base, "T1")
    assert landed_tasks(folders, FEATURE, base, {"T1": CONTENT}) == ((), ())
    git(folders.top, "update-ref", f"refs/heads/{FEATURE}", made)  # fast-forwarded by hand: no checks ran
    assert landed_tasks(folders, FEATURE, base, {"T1": CONTENT}) == ((), ())


def test_a_branch_that_does_not_exist_has_no_landed_tasks(folders: RepositoryFolders) -> None:
    assert branch_tip(folders.common, FEATURE) is None
    assert landed_tasks(folders, FEATURE, head(folders.top), {"T1": CONTENT}) == ((), ())
