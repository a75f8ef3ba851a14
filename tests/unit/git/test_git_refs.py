"""The refs that are read from their files are those that git lists."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.machine.git_refs import refs_below
from planner.machine.repository_folders import RepositoryFolders
from tests.unit.git.sample_repository import git, head, make_repository

FOLDERS = ("refs/heads", "refs/tags", "refs/remotes")
NONE = "refs/heads/none"


def listed(top: Path) -> dict[str, str]:
    """Return what git says."""
    lines = git(top, "for-each-ref", "--format=%(objectname) %(refname)", *FOLDERS).splitlines()
    return {name: commit for commit, _, name in (line.partition(" ") for line in lines)}


def make_refs(top: Path) -> None:
    """Let there be every kind of ref that a repository usually has."""
    git(top, "branch", "topic/one", "HEAD~1")
    git(top, "tag", "v1")
    git(top, "tag", "-a", "-m", "two", "v2")
    git(top, "pack-refs", "--all")
    git(top, "branch", "--force", "topic/one", "HEAD")
    git(top, "branch", "task/run-1/A-write", "HEAD")
    git(top, "update-ref", "refs/remotes/origin/main", "HEAD~1")
    git(top, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    git(top, "symbolic-ref", "refs/heads/alias", "refs/heads/topic/one")
    git(top, "symbolic-ref", "refs/heads/nowhere", "refs/heads/missing")
    git(top, "update-ref", "refs/stash", "HEAD")


def test_loose_packed_annotated_and_symbolic_refs_are_those_of_git(folders: RepositoryFolders) -> None:
    make_refs(folders.top)
    found = refs_below(folders.common, FOLDERS, NONE)
    assert found == listed(folders.top)
    assert list(found) == sorted(found)
    assert found["refs/heads/alias"] == found["refs/heads/topic/one"] == head(folders.top)
    assert found["refs/remotes/origin/HEAD"] == git(folders.top, "rev-parse", "HEAD~1")
    assert "refs/heads/nowhere" not in found
    assert "refs/stash" not in found


@pytest.mark.parametrize("how", ["loose", "packed"])
def test_a_folder_is_left_out_whole_and_nothing_beside_it(folders: RepositoryFolders, how: str) -> None:
    for name in ("task/run-1/A", "task/run-2/B", "tasks", "task-list/one"):
        git(folders.top, "branch", name)
    if how == "packed":
        git(folders.top, "pack-refs", "--all")
    found = refs_below(folders.common, FOLDERS, "refs/heads/task")
    assert set(found) == {"refs/heads/main", "refs/heads/tasks", "refs/heads/task-list/one"}


def test_what_git_would_not_take_for_a_ref_is_none(folders: RepositoryFolders) -> None:
    heads = folders.common / "refs/heads"
    for name in (".DS_Store", "main.lock", "with space", "a..b"):
        (heads / name).write_text(f"{head(folders.top)}\n")
    (heads / "empty").touch()
    (heads / "broken").write_text(f"{'0' * 40}\n")
    (heads / "half").write_text(head(folders.top)[:20])
    (heads / "binary").write_bytes(b"\xff\xfe\0")
    (heads / "link").symlink_to("nowhere")
    (heads / "outside").symlink_to(folders.top)
    (heads / "empty-folder").mkdir()
    assert set(refs_below(folders.common, FOLDERS, NONE)) == {"refs/heads/main"}


def test_a_name_that_is_not_utf_8_keeps_its_bytes(folders: RepositoryFolders) -> None:
    name = os.fsdecode(b"refs/heads/caf\xe9")
    for _ in ("loose", "packed"):
        git(folders.top, "update-ref", name, "HEAD")
        assert refs_below(folders.common, FOLDERS, NONE)[name] == head(folders.top)
        git(folders.top, "pack-refs", "--all")


def test_git_is_asked_where_refs_are_no_files(folders: RepositoryFolders) -> None:
    make_refs(folders.top)
    git(folders.top, "branch", "a\u2028line")
    wanted = refs_below(folders.common, FOLDERS, "refs/heads/task")
    (folders.common / "reftable").mkdir()
    assert refs_below(folders.common, FOLDERS, "refs/heads/task") == wanted


NAMES = st.sampled_from(["a", "a-b", "b/c", "b/d", "d/e/f", "zz"])
STEP = st.one_of(
    st.tuples(st.just("branch"), NAMES),
    st.tuples(st.just("tag"), NAMES),
    st.tuples(st.just("alias"), NAMES),
    st.tuples(st.just("delete"), NAMES),
    st.tuples(st.just("pack"), st.just("")),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=8))
def test_after_any_history_of_refs_they_are_those_of_git(steps: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = make_repository(Path(folder) / "project")
        for number, (kind, name) in enumerate(steps):
            commit = "HEAD" if number % 2 else "HEAD~1"
            match kind:
                case "branch":
                    git(top, "update-ref", "--no-deref", f"refs/heads/x/{name}", commit)
                case "tag":
                    git(top, "tag", "--force", "-a", "-m", "a tag", name, commit)
                case "alias":
                    git(top, "symbolic-ref", f"refs/remotes/origin/{name}", f"refs/heads/x/{name}")
                case "delete":
                    git(top, "update-ref", "--no-deref", "-d", f"refs/heads/x/{name}")
                case _:
                    git(top, "pack-refs", "--all", "--prune")
        assert refs_below(top / ".git", FOLDERS, NONE) == listed(top)
