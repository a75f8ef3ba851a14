"""The repository of a worktree is made anew as far as somebody changed it, and else left alone."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from activities.private_repository import has_own_commits, show_commit
from activities.worktree_git import WorktreeGit
from activities.worktrees import reset_worktree
from planner.machine.repository_folders import RepositoryFolders
from planner.machine.work_folder import WorkFolder
from tests.unit.git.sample_repository import branch_of, commit, git, head, work_on, write


def everything(place: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return mode, number of names and content of all that is in the repository."""
    return {str(path.relative_to(place)): what_it_is(path) for path in place.rglob("*")}


def what_it_is(path: Path) -> tuple[int, int, bytes]:
    found = path.lstat()
    return found.st_mode, found.st_nlink, path.read_bytes() if path.is_file() else b""


def change_in_place(file: Path) -> None:
    """Write other bytes, as many as before, and put the time back."""
    before = file.stat()
    content = file.read_bytes()
    file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def shell(place: Path, script: str) -> None:
    subprocess.run(["sh", "-ec", script], cwd=place, check=True)


def replaced_by_link(place: Path) -> None:
    """Let what seems to be the repository lie elsewhere."""
    elsewhere = place.with_name("elsewhere")
    place.rename(elsewhere)
    place.symlink_to(elsewhere)


TAMPERINGS: dict[str, Callable[[Path], None]] = {
    "a hook": lambda place: shell(place, "echo exit 1 > hooks/pre-commit; chmod +x hooks/pre-commit"),
    "an object": lambda place: shell(place, "mkdir objects/ab; echo x > objects/ab/cd"),
    "a log": lambda place: shell(place, "mkdir logs; echo x > logs/HEAD"),
    "an empty folder": lambda place: shell(place, "mkdir refs/stash.d"),
    "another head": lambda place: shell(place, "echo ref: refs/heads/other > HEAD"),
    "another branch": lambda place: shell(place, "echo x > refs/heads/other"),
    "another tip": lambda place: change_in_place(place / f"refs/heads/{branch_of('A')}"),
    "another configuration": lambda place: shell(place, "printf '[core]\\n\\tbare = true\\n' >> config"),
    "another index": lambda place: change_in_place(place / "index"),
    "no index": lambda place: shell(place, "rm index"),
    "no hooks": lambda place: shell(place, "rm -r hooks"),
    "no refs": lambda place: shell(place, "rm -r refs"),
    "a folder for a file": lambda place: shell(place, "rm config; mkdir config"),
    "a pipe for a file": lambda place: shell(place, "rm packed-refs; mkfifo packed-refs"),
    "a link for a file": lambda place: shell(place, "mv HEAD ../HEAD; ln -s ../HEAD HEAD"),
    "a link for a folder": lambda place: shell(place, "mv hooks ../hooks; ln -s ../hooks hooks"),
    "a file for a folder": lambda place: shell(place, "rm -r hooks; echo > hooks"),
    "a read-only folder": lambda place: shell(place, "chmod 555 objects"),
    "another name of a file": lambda place: shell(place, "ln packed-refs ../same-content"),
    "rights for everybody": lambda place: shell(place, "chmod 777 hooks; chmod 4777 HEAD"),
    "a program": lambda place: shell(place, "chmod +x config"),
    "a link for all of it": replaced_by_link,
    "nothing left": lambda place: shell(place, "rm -rf ../A.1.repository"),
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
def test_what_somebody_did_there_is_forgotten(
    folders: RepositoryFolders, root: Path, tamper: Callable[[Path], None]
) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "A", start)
    made = everything(work.repository)
    tamper(work.repository)
    reset_worktree(work, start)
    assert not work.repository.is_symlink()
    assert everything(work.repository) == made
    assert git(work.path, "status", "--porcelain") == ""


def test_a_file_that_is_also_somebody_elses_is_not_written(folders: RepositoryFolders, root: Path) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "A", start)
    theirs = write(root / "theirs", "[user]\n\tname = Ada\n")
    (work.repository / "config").unlink()
    os.link(theirs, work.repository / "config")
    reset_worktree(work, start)
    assert theirs.read_text() == "[user]\n\tname = Ada\n"
    assert b"alternates" not in (work.repository / "config").read_bytes()
    assert b"repositoryformatversion" in (work.repository / "config").read_bytes()


def test_a_pipe_in_place_of_its_head_is_a_commit_of_ones_own_and_holds_nobody_up(
    folders: RepositoryFolders, root: Path
) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "A", start)
    assert not has_own_commits(work, branch_of("A"), start)
    shell(work.repository, "rm HEAD; mkfifo HEAD")
    assert has_own_commits(work, branch_of("A"), start)


def test_what_nobody_touched_stays_and_follows_the_commit(folders: RepositoryFolders, root: Path) -> None:
    work = work_on(folders, root, "A")
    before = {path: path.stat().st_ctime_ns for path in work.repository.rglob("*") if path.is_file()}
    write(work.path / "a.txt", "a\n")
    done = commit(work, head(folders.top), "A")
    tip = work.repository / f"refs/heads/{branch_of('A')}"
    assert tip.read_text() == f"{done}\n"
    changed = {path.name for path, made in before.items() if path.stat().st_ctime_ns != made}
    assert changed == {tip.name, "index"}
    assert git(work.path, "rev-parse", "HEAD") == done
    assert git(work.path, "status", "--porcelain") == ""


@pytest.mark.parametrize("tamper", [change_in_place, Path.touch], ids=["content", "time"])
def test_its_index_is_ours_with_its_time(
    folders: RepositoryFolders, root: Path, tamper: Callable[[Path], None]
) -> None:
    work = work_on(folders, root, "A")
    index = work.repository / "index"
    made = (index.read_bytes(), index.stat().st_mtime_ns)
    tamper(index)
    show_commit(WorktreeGit.of(work), head(folders.top))
    assert (index.read_bytes(), index.stat().st_mtime_ns) == made


def test_what_a_person_configures_or_excludes_meanwhile_is_seen(
    folders: RepositoryFolders, root: Path
) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "A", start)
    write(folders.common / "info/exclude", "*.tmp\n")
    git(folders.top, "branch", "later")
    git(folders.top, "tag", "v9")
    reset_worktree(work, start)
    write(work.path / "a.tmp", "a\n")
    assert git(work.path, "status", "--porcelain") == ""
    assert git(work.path, "rev-parse", "v9", "later") == f"{start}\n{start}"
    (folders.common / "info/exclude").unlink()
    reset_worktree(work, start)
    write(work.path / "a.tmp", "a\n")
    assert git(work.path, "status", "--porcelain") == "?? a.tmp"


def test_its_files_belong_to_their_owner_and_can_be_changed(folders: RepositoryFolders, root: Path) -> None:
    work: WorkFolder = work_on(folders, root, "A")
    for path in work.repository.rglob("*"):
        wanted = stat.S_IRWXU if path.is_dir() else stat.S_IRUSR | stat.S_IWUSR
        assert path.stat().st_mode & wanted == wanted
