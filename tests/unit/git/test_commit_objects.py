"""A commit that we write is, byte by byte, the one that git writes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.commit_objects import commit_content, write_commit
from planner.machine.git_commits import logged_commit, tree_of
from planner.machine.git_reader import Identity
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import GitFailed
from tests.unit.git.sample_repository import AUTHOR, git, head

MESSAGE = "Land A: Say it\n\nTasks-Run: run-1\nTasks-Task: A\n"
WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0<>\n", exclude_categories=["Cc", "Cs"]))
NAME = WORD.map(lambda word: f"A{word}Z")  # git takes dots and the like off both ends
ZONES = st.sampled_from(["+0000", "-0330", "+0545", "+1400"])


@pytest.fixture
def written(folders: RepositoryFolders) -> str:
    """Return a commit that was written in the repository."""
    tip = head(folders.top)
    parents = (tip, git(folders.top, "rev-parse", "HEAD~1"))
    return write_commit(folders.common, tree_of(folders.common, tip), parents, MESSAGE, AUTHOR)


def loose_file(folders: RepositoryFolders, commit: str) -> Path:
    return folders.common / "objects" / commit[:2] / commit[2:]


def test_git_reads_it_back(folders: RepositoryFolders, written: str) -> None:
    assert git(folders.top, "cat-file", "-t", written) == "commit"
    shown = git(folders.top, "log", "-1", "--format=%an <%ae>|%cn <%ce>|%P|%B", written)
    signed = f"{AUTHOR.name} <{AUTHOR.email}>"
    parents = f"{head(folders.top)} {git(folders.top, 'rev-parse', 'HEAD~1')}"
    assert shown.rstrip("\n") == f"{signed}|{signed}|{parents}|{MESSAGE}".rstrip("\n")
    assert abs(int(git(folders.top, "log", "-1", "--format=%ct", written)) - time.time()) < 60
    git(folders.top, "branch", "kept", written)
    assert git(folders.top, "fsck", "--strict", "--full") == ""
    assert logged_commit(folders.common, written).trailers == {"Tasks-Run": "run-1", "Tasks-Task": "A"}


def test_its_file_is_as_git_makes_it_and_nothing_lies_beside_it(
    folders: RepositoryFolders, written: str
) -> None:
    file = loose_file(folders, written)
    assert stat.S_IMODE(file.stat().st_mode) == 0o444
    assert not list(folders.common.glob("objects/*/tmp_obj_*"))


def test_writing_it_again_is_no_error(
    folders: RepositoryFolders, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = logged_commit(folders.common, written)
    when = int(git(folders.top, "log", "-1", "--format=%ct", written))
    monkeypatch.setattr("activities.commit_objects.time.time", lambda: when + 0.5)
    again = write_commit(folders.common, logged.tree, logged.parents, MESSAGE, AUTHOR)
    assert again == written


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAME, email=NAME, message=WORD, seconds=st.integers(10**9, 2 * 10**9), zone=ZONES)
def test_any_commit_is_the_one_that_git_writes(
    folders: RepositoryFolders, name: str, email: str, message: str, seconds: int, zone: str
) -> None:
    top, tip = folders.top, head(folders.top)
    tree = tree_of(folders.common, tip)
    signed = {f"GIT_{who}_NAME": name for who in ("AUTHOR", "COMMITTER")}
    signed |= {f"GIT_{who}_EMAIL": email for who in ("AUTHOR", "COMMITTER")}
    signed |= {f"GIT_{who}_DATE": f"@{seconds} {zone}" for who in ("AUTHOR", "COMMITTER")}
    wanted = subprocess.run(
        ["git", "commit-tree", tree, "-p", tip],
        cwd=top,
        env={**os.environ, **signed},
        input=f"{message}\n".encode(),
        capture_output=True,
        check=True,
    ).stdout.split()[0]
    ours = commit_content(tree, (tip,), f"{message}\n", Identity(name, email), f"{seconds} {zone}")
    hashed = subprocess.run(
        ["git", "hash-object", "-t", "commit", "--stdin"],
        cwd=top,
        input=ours.partition(b"\0")[2],
        capture_output=True,
        check=True,
    ).stdout.split()[0]
    assert hashed == wanted
    assert ours.startswith(b"commit %d\0" % len(ours.partition(b"\0")[2]))


@pytest.mark.parametrize("author", ["J\udcf6rg", "Ada \ufdd0 Example"], ids=["not UTF-8", "no sign"])
def test_what_means_nothing_is_left_to_git(folders: RepositoryFolders, author: str) -> None:
    tip = head(folders.top)
    tree = tree_of(folders.common, tip)
    signed = {f"GIT_{who}_NAME": author for who in ("AUTHOR", "COMMITTER")}
    signed |= {f"GIT_{who}_EMAIL": AUTHOR.email for who in ("AUTHOR", "COMMITTER")}
    command = ["git", "commit-tree", tree, "-p", tip, "-m", "x"]
    environment = {**os.environ, **signed}
    done = subprocess.run(command, cwd=folders.top, env=environment, capture_output=True, check=True)
    wanted = git(folders.top, "log", "-1", "--format=%an", done.stdout.decode().strip())
    ours = write_commit(folders.common, tree, (tip,), "x\n", Identity(author, AUTHOR.email))
    assert git(folders.top, "log", "-1", "--format=%an", ours) == wanted


def test_its_file_is_for_those_whom_the_user_lets_read(folders: RepositoryFolders) -> None:
    tip = head(folders.top)
    before = os.umask(0o077)
    try:
        commit = write_commit(folders.common, tree_of(folders.common, tip), (tip,), MESSAGE, AUTHOR)
    finally:
        os.umask(before)
    assert stat.S_IMODE(loose_file(folders, commit).stat().st_mode) == 0o400


def test_a_folder_that_git_removes_meanwhile_is_made_again(
    folders: RepositoryFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip, really = head(folders.top), os.open
    removed: list[Path] = []

    def remove_first(path: Path, *how: int) -> int:
        if not removed:
            removed.append(path)
            monkeypatch.undo()
            shutil.rmtree(path.parent)
        return really(path, *how)

    git(folders.top, "repack", "-adq")  # what is removed here is then in the pack
    monkeypatch.setattr("activities.commit_objects.os.open", remove_first)
    commit = write_commit(folders.common, tree_of(folders.common, tip), (tip,), MESSAGE, AUTHOR)
    assert removed
    assert git(folders.top, "cat-file", "-t", commit) == "commit"


def test_a_disk_that_refuses_is_an_error_of_git(folders: RepositoryFolders) -> None:
    tip = head(folders.top)
    tree = tree_of(folders.common, tip)
    git(folders.top, "repack", "-adq")
    for number in range(256):
        folder = folders.common / "objects" / f"{number:02x}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.touch()
    with pytest.raises(GitFailed, match="a commit cannot be written"):
        write_commit(folders.common, tree, (tip,), MESSAGE, AUTHOR)


@pytest.mark.parametrize("why", ["config", "mode", "name"])
def test_git_itself_writes_what_others_share_or_what_it_would_put_right(
    folders: RepositoryFolders, why: str
) -> None:
    author = AUTHOR
    match why:
        case "config":
            git(folders.top, "config", "core.sharedRepository", "group")
        case "mode":
            (folders.common / "objects").chmod(0o2775)
        case _:
            author = Identity("Ada <the first>", "ada@example.org")
    tip = head(folders.top)
    commit = write_commit(folders.common, tree_of(folders.common, tip), (tip,), MESSAGE, author)
    wanted = "Ada the first" if why == "name" else AUTHOR.name
    assert git(folders.top, "log", "-1", "--format=%an", commit) == wanted
    if why == "config":
        assert loose_file(folders, commit).parent.stat().st_mode & stat.S_IWGRP


def test_what_is_no_commit_is_refused(folders: RepositoryFolders) -> None:
    tree = tree_of(folders.common, head(folders.top))
    with pytest.raises(GitFailed, match="not a full commit id"):
        write_commit(folders.common, tree, ("HEAD",), MESSAGE, AUTHOR)
    with pytest.raises(GitFailed, match="NUL"):
        write_commit(folders.common, tree, (head(folders.top),), "Land\0A", AUTHOR)
