from __future__ import annotations

import pytest

from activities.plan_store import read_plan_file, read_plan_files, store_plan
from planner.machine.git_reader import Identity
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import InvalidArguments, PlanValidationFailed
from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.unit.git.sample_repository import AUTHOR, git

PLAN = "PLAN-0123abcd"
FILES = {
    "tasks.json": b'{"a": 1}\n',
    "Plan.md": "# Größe\r\n\0".encode(),
    ".tasks-meta.json": b"",
    "dag.json": b"x",
}


def test_a_plan_is_read_back_byte_for_byte(folders: RepositoryFolders) -> None:
    before = fingerprint(folders.top)
    commit = store_plan(folders, FILES, PLAN, AUTHOR)
    assert read_plan_files(folders, commit) == FILES
    assert {name: read_plan_file(folders, commit, name) for name in FILES} == FILES
    assert git(folders.top, "rev-parse", f"refs/tasks/plans/{PLAN}") == commit
    assert fingerprint(folders.top) == before


def test_storing_the_same_plan_twice_is_the_same_commit(folders: RepositoryFolders) -> None:
    commit = store_plan(folders, FILES, PLAN, AUTHOR)
    assert store_plan(folders, dict(reversed(FILES.items())), PLAN, AUTHOR) == commit
    assert git(folders.top, "for-each-ref", "--format=%(objectname)", "refs/tasks/plan-versions") == commit


def test_a_run_keeps_its_plan_when_the_plan_is_stored_anew(folders: RepositoryFolders) -> None:
    first = store_plan(folders, FILES, PLAN, AUTHOR)
    second = store_plan(folders, {**FILES, "Plan.md": b"new\n"}, PLAN, AUTHOR)
    assert first != second
    assert git(folders.top, "rev-parse", f"refs/tasks/plans/{PLAN}") == second
    git(folders.top, "reflog", "expire", "--expire=now", "--all")
    git(folders.top, "gc", "--quiet", "--prune=now")
    assert read_plan_files(folders, first) == FILES


def test_a_name_that_could_break_the_stream_or_leave_the_folder_is_refused(
    folders: RepositoryFolders,
) -> None:
    for name in ("../x", "a/b", "a b", "a\nfrom refs/heads/main", "", ".", "..", ".git"):
        with pytest.raises(InvalidArguments):
            store_plan(folders, {name: b""}, PLAN, AUTHOR)
    with pytest.raises(InvalidArguments, match="not a plan id"):
        store_plan(folders, FILES, "../heads/main", AUTHOR)


def test_an_author_with_odd_characters_cannot_break_the_commit(folders: RepositoryFolders) -> None:
    commit = store_plan(folders, FILES, PLAN, Identity("Ada <x>\nfrom refs/heads/main", "a@b"))
    assert git(folders.top, "rev-list", "--count", commit) == "1"
    git(folders.top, "fsck", "--strict")


def test_a_missing_file_of_a_stored_plan_is_named(folders: RepositoryFolders) -> None:
    commit = store_plan(folders, FILES, PLAN, AUTHOR)
    with pytest.raises(PlanValidationFailed, match=r"has no waves\.json"):
        read_plan_file(folders, commit, "waves.json")
