"""A commit is the same whether it is read from its file or asked of git."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from planner.machine import git_commits
from planner.machine.git_commits import LoggedCommit, first_parent_commits, logged_commit, tree_of
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import GitFailed
from tests.unit.git.sample_repository import git, head


def forget() -> None:
    """Let commits be read again."""
    git_commits._kept.clear()


def commit_on(folders: RepositoryFolders, *parents: str, text: str = "Next") -> str:
    """Return a commit with these parents."""
    options = [part for parent in parents for part in ("-p", parent)]
    return git(folders.top, "commit-tree", f"{parents[0]}^{{tree}}", *options, "-m", text)


def pack(folders: RepositoryFolders, *tips: str) -> None:
    """Put everything that these tips lead to into a pack, and the loose objects away."""
    for number, tip in enumerate(tips):
        git(folders.top, "branch", "--force", f"kept-{number}", tip)
    git(folders.top, "repack", "-a", "-d", "--quiet")
    git(folders.top, "prune-packed")


def read_both_ways(folders: RepositoryFolders, *commits: str) -> list[list[LoggedCommit]]:
    """Return the commits as they are read loose, and packed."""
    forget()
    loose = [logged_commit(folders.common, commit) for commit in commits]
    pack(folders, *commits)
    forget()
    return [loose, [logged_commit(folders.common, commit) for commit in commits]]


def test_a_packed_commit_reads_as_a_loose_one(folders: RepositoryFolders) -> None:
    merge = commit_on(
        folders, head(folders.top), git(folders.top, "rev-parse", "HEAD~1"), text="Merge\n\nTasks-Task: A"
    )
    loose, packed = read_both_ways(folders, head(folders.top), merge)
    assert loose == packed
    assert loose[1].parents == (head(folders.top), git(folders.top, "rev-parse", "HEAD~1"))
    assert loose[1].trailers == {"Tasks-Task": "A"}
    assert loose[1].tree == git(folders.top, "rev-parse", f"{merge}^{{tree}}")


def test_what_is_no_commit_is_an_error(folders: RepositoryFolders) -> None:
    for name in ("ab" * 20, git(folders.top, "rev-parse", "HEAD^{tree}")):
        with pytest.raises(GitFailed, match="no such commit"):
            tree_of(folders.common, name)


@pytest.mark.parametrize("kept", ["loose", "packed"])
def test_the_commits_of_a_branch_are_gits_own_list(folders: RepositoryFolders, kept: str) -> None:
    base = head(folders.top)
    first = commit_on(folders, base)
    side = commit_on(folders, base, text="Beside")
    tip = commit_on(folders, first, side)
    # A tip that holds the base by its second parent only: a merge made the other way round.
    crossed = commit_on(folders, git(folders.top, "rev-parse", "HEAD~1"), base, text="Crossed")
    for begin, end in ((base, tip), (base, base), (tip, base), (base, crossed), (first, tip), (side, tip)):
        if kept == "packed":
            pack(folders, tip, crossed)
        forget()
        theirs = git(folders.top, "rev-list", "--first-parent", f"{begin}..{end}").split()
        for _ in range(2):
            found = first_parent_commits(folders.common, begin, end)
            assert [logged.commit for logged in found] == theirs


@pytest.mark.parametrize("kept", ["loose", "packed"])
def test_a_commit_that_somebody_replaced_is_read_as_git_shows_it(
    folders: RepositoryFolders, kept: str
) -> None:
    newer, older = head(folders.top), git(folders.top, "rev-parse", "HEAD~1")
    logged_commit(folders.common, newer)  # known from before
    git(folders.top, "replace", newer, older)
    if kept == "packed":
        git(folders.top, "pack-refs", "--all")
    assert tree_of(folders.common, newer) == git(folders.top, "rev-parse", f"{newer}^{{tree}}")
    assert tree_of(folders.common, newer) == tree_of(folders.common, older)
    git(folders.top, "replace", "-d", newer)
    shutil.rmtree(folders.common / "refs/replace", ignore_errors=True)  # git leaves the folder, or not
    assert tree_of(folders.common, newer) == git(folders.top, "rev-parse", f"{newer}^{{tree}}")
    assert tree_of(folders.common, newer) != tree_of(folders.common, older)


def test_a_damaged_file_of_a_commit_is_gits_to_complain_about(folders: RepositoryFolders) -> None:
    name = commit_on(folders, head(folders.top))
    file = folders.common / "objects" / name[:2] / name[2:]
    file.chmod(0o600)
    file.write_bytes(b"no zlib")
    with pytest.raises(GitFailed):
        logged_commit(folders.common, name)


def test_no_process_is_started_for_a_loose_commit(
    folders: RepositoryFolders, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tip = commit_on(folders, head(folders.top))
    base = head(folders.top)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        subprocess.run(["git", "--version"], check=False)
    forget()
    assert [logged.commit for logged in first_parent_commits(folders.common, base, tip)] == [tip]
