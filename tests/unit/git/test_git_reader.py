from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from planner.machine.git_commits import first_parent_commits, logged_commit, tree_of
from planner.machine.git_reader import (
    PathChange,
    branch_tip,
    branches,
    changed_paths,
    commit_times,
    dirty_files,
    is_ancestor,
    merge_base,
    read_file,
    resolve,
)
from planner.machine.git_status import StatusEntry, parse_status
from planner.machine.git_trailers import parse_trailers
from planner.machine.git_worktrees import worktrees
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import GitFailed, RepositoryUnusable
from tests.unit.git.sample_repository import git, head, make_repository, write


def test_reading_leaves_no_process_and_no_open_file_behind(folders: RepositoryFolders) -> None:
    me = psutil.Process()

    def read_everything() -> None:
        tree_of(folders.common, head(folders.top))
        first_parent_commits(folders.common, resolve(folders.top, "HEAD~1"), head(folders.top))
        assert read_file(folders.top, head(folders.top), "src/app.py") == b"print('two')\n"

    read_everything()
    before = (me.num_fds(), len(me.children(recursive=True)))
    for _ in range(5):
        read_everything()
    assert (me.num_fds(), len(me.children(recursive=True))) == before


def test_commits_trees_and_branches_are_read(folders: RepositoryFolders) -> None:
    top, newer, older = folders.top, head(folders.top), git(folders.top, "rev-parse", "HEAD~1")
    assert tree_of(folders.common, newer) == git(top, "rev-parse", "HEAD^{tree}")
    assert branch_tip(folders.common, "main") == newer
    assert branch_tip(folders.common, "none") is None
    assert branches(top) == {"main"}
    assert is_ancestor(top, older, newer)
    assert not is_ancestor(top, newer, older)
    assert merge_base(top, older, newer) == older
    assert read_file(top, newer, "src/none.py") is None
    assert read_file(top, newer, "src") is None


def test_commits_say_when_they_were_made_and_an_unknown_one_says_nothing(folders: RepositoryFolders) -> None:
    newer, older = head(folders.top), git(folders.top, "rev-parse", "HEAD~1")
    made = {name: int(git(folders.top, "show", "-s", "--format=%ct", name)) for name in (newer, older)}
    assert commit_times(folders.top, [older, "ab" * 20, newer]) == made
    assert commit_times(folders.top, []) == {}
    with pytest.raises(GitFailed, match="not a full commit id"):
        commit_times(folders.top, ["--all"])


def test_a_word_where_a_commit_id_is_needed_never_reaches_git(
    folders: RepositoryFolders, tmp_path: Path
) -> None:
    for word in (f"--output={tmp_path / 'written'}", "HEAD", "", "main..HEAD", "a" * 39):
        for read in (
            lambda word=word: changed_paths(folders.top, word, head(folders.top)),
            lambda word=word: first_parent_commits(folders.common, head(folders.top), word),
            lambda word=word: tree_of(folders.common, word),
        ):
            with pytest.raises(GitFailed, match="not a full commit id"):
                read()
    with pytest.raises(RepositoryUnusable):
        resolve(folders.top, f"--output={tmp_path / 'written'}")
    assert not (tmp_path / "written").exists()


def test_changes_between_commits_are_named_with_their_letters(folders: RepositoryFolders) -> None:
    top, base = folders.top, head(folders.top)
    git(top, "mv", "src/app.py", "src/main.py")
    write(top / os.fsdecode(b"caf\xe9"), "x\n")
    (top / "README.md").unlink()
    (top / "README.md").symlink_to("src")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "-m", "Change")
    assert set(changed_paths(top, base, head(top))) == {
        PathChange("src/app.py", "D"),
        PathChange("src/main.py", "A"),
        PathChange(os.fsdecode(b"caf\xe9"), "A"),
        PathChange("README.md", "T"),
    }
    assert changed_paths(top, base, base) == ()


def test_dirty_files_keep_every_byte_of_their_names(folders: RepositoryFolders) -> None:
    names = [b"caf\xe9", b"new\nline", b"with space"]
    for name in names:
        write(folders.top / os.fsdecode(name), "x\n")
    git(folders.top, "rm", "--quiet", "--cached", "README.md")
    assert {os.fsencode(name) for name in dirty_files(folders.top)} == {*names, b"README.md"}


def test_a_status_with_renames_and_conflicts_is_understood() -> None:
    mark = b"N... 100644 100644 100644 " + b"a" * 40 + b" " + b"b" * 40
    unmerged = b"u UU N... 100644 100644 100644 100644 " + b" ".join(part * 40 for part in (b"a", b"b", b"c"))
    output = b"\0".join(
        [b"2 R. " + mark + b" R100 new name", b"old name", unmerged + b" both", b"? a b", b""]
    )
    assert parse_status(output) == (
        StatusEntry("new name", "R", "."),
        StatusEntry("both", "U", "U"),
        StatusEntry("a b", "?", "?"),
    )


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Subject\n\nBody: text\nmore\n\nA: 1\nB-c: two words\n", {"A": "1", "B-c": "two words"}),
        ("Subject\n\nA: 1\nA: 2\n\n", {"A": "2"}),
        ("A: looks like a trailer\n", {}),
        ("Subject\n\nA: 1\nand prose\n", {}),
        ("", {}),
    ],
)
def test_trailers_are_the_last_paragraph_if_it_holds_nothing_else(
    message: str, expected: dict[str, str]
) -> None:
    assert parse_trailers(message) == expected


def test_our_trailers_are_read_as_git_reads_them(folders: RepositoryFolders) -> None:
    message = "Subject\n\nText.\n\nTasks-Run: r\nTasks-Task: T1\n"
    theirs = git(folders.top, "interpret-trailers", "--parse", data=message.encode()).splitlines()
    assert [f"{key}: {value}" for key, value in parse_trailers(message).items()] == theirs


def test_worktrees_are_listed_with_what_they_have_checked_out(
    folders: RepositoryFolders, tmp_path: Path
) -> None:
    odd = tmp_path / "with space\nand line"
    git(folders.top, "worktree", "add", "--quiet", "-b", "side", str(odd))
    git(folders.top, "worktree", "add", "--quiet", "--detach", str(tmp_path / "loose"))
    found = {tree.path: tree.branch for tree in worktrees(folders.common)}
    assert found == {folders.top: "main", odd: "side", tmp_path / "loose": None}
    git(odd, "bisect", "start")
    git(odd, "checkout", "--quiet", "--detach")
    assert {tree.path: tree.branch for tree in worktrees(folders.common)}[odd] == "side"


def listed_by_git(folders: RepositoryFolders) -> dict[Path, str | None]:
    """Return what `git worktree list` says."""
    found: dict[Path, str | None] = {}
    for block in git(folders.common, "worktree", "list", "--porcelain").split("\n\n"):
        fields = dict(line.split(" ", 1) for line in block.splitlines() if " " in line)
        branch = fields.get("branch")
        found[Path(fields["worktree"])] = branch.removeprefix("refs/heads/") if branch else None
    return found


@pytest.mark.parametrize("kind", ["plain", "bare", "bare in .git", "worktree settings", "elsewhere", "odd"])
def test_worktrees_are_those_that_git_lists(tmp_path: Path, kind: str) -> None:
    top = make_repository(tmp_path / "first")
    common = top / ".git"
    match kind:
        case "bare" | "bare in .git":
            common = tmp_path / ("second/.git" if kind == "bare in .git" else "second.git")
            git(top, "clone", "--quiet", "--bare", str(top), str(common))
        case "worktree settings":
            git(top, "config", "extensions.worktreeConfig", "true")
            git(top, "config", "--worktree", "core.bare", "false")
        case "elsewhere":
            git(top, "init", "--quiet", "--separate-git-dir", str(tmp_path / "folder"))
            common = tmp_path / "folder"
        case "odd":
            git(top, "config", "core.bare", "no")
        case _:
            assert kind == "plain"
    folders = RepositoryFolders(top, common)
    git(common, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"), "main")
    git(common, "worktree", "add", "--quiet", "--detach", str(tmp_path / "loose"), "main")
    git(tmp_path / "loose", "worktree", "lock", str(tmp_path / "side"))
    assert {tree.path: tree.branch for tree in worktrees(common)} == listed_by_git(folders)


@pytest.mark.parametrize("head_of_side", ["alias", "tab", "link"])
def test_a_branch_that_is_checked_out_in_another_way_is_seen(
    folders: RepositoryFolders, tmp_path: Path, head_of_side: str
) -> None:
    git(folders.top, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    file = folders.common / "worktrees/side/HEAD"
    match head_of_side:
        case "alias":
            git(folders.top, "symbolic-ref", "refs/heads/alias", "refs/heads/side")
            file.write_text("ref: refs/heads/alias\n")
        case "tab":
            file.write_text("ref:\trefs/heads/side\n")
        case _:
            file.unlink()
            file.symlink_to("refs/heads/side")
    found = {tree.path: tree.branch for tree in worktrees(folders.common)}
    assert found == listed_by_git(folders)
    assert found[tmp_path / "side"] == "side"


def test_an_entry_of_a_worktree_that_nobody_can_read_is_passed_over(
    folders: RepositoryFolders, tmp_path: Path
) -> None:
    for name in ("empty", "folder", "nothing", "whole"):
        git(folders.top, "worktree", "add", "--quiet", "-b", name, str(tmp_path / name))
    entries = folders.common / "worktrees"
    (entries / "empty/gitdir").write_text("")
    (entries / "folder/gitdir").unlink()
    (entries / "folder/gitdir").mkdir()
    (entries / "nothing/gitdir").unlink()
    found = {tree.path: tree.branch for tree in worktrees(folders.common)}
    assert found == {folders.top: "main", tmp_path / "whole": "whole"}


@pytest.mark.parametrize(
    ("encoding", "written_in"), [("UTF-8", "utf-8"), ("ISO-8859-1", "latin-1"), ("no-such-encoding", "utf-8")]
)
def test_a_commit_is_read_in_the_encoding_it_names(
    top: Path, tmp_path: Path, encoding: str, written_in: str
) -> None:
    message = tmp_path / "message"
    message.write_bytes("Gr\u00fcn\n\nTasks-Task: A\n".encode(written_in))
    setting = f"i18n.commitEncoding={encoding}"
    git(top, "-c", setting, "commit", "--quiet", "--allow-empty", "--file", str(message))
    found = logged_commit(top / ".git", git(top, "rev-parse", "HEAD"))
    assert found.parents == (git(top, "rev-parse", "HEAD^"),)
    assert found.trailers == {"Tasks-Task": "A"}
    assert found.message.startswith("Gr\u00fcn\n")
