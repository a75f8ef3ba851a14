"""What `git` means inside a worktree: a repository of its own that borrows the user's objects.

Whoever works or checks in a worktree may call git, and in a linked worktree `git stash`, `git config`,
`git gc`, `git branch`, `git tag` and a hook change the user's repository. So the worktree's `.git` file leads
to a small repository beside it: with the user's history, branches, tags and settings to read, and with
nothing of the user's to write. We ourselves never look at it, except to notice commits.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from activities.worktree_files import copy_index, delete
from activities.worktree_git import SHOWN_REFS_FILE, WorktreeGit
from planner.machine.git_filters import switched_off
from planner.machine.git_reader import check_object_id
from planner.machine.git_refs import refs_below
from planner.machine.git_worktrees import BRANCH_PREFIX
from planner.machine.work_folder import WorkFolder

_SHOWN_REFS = ("refs/heads", "refs/tags", "refs/remotes")
# Work that nobody has accepted yet: nothing to build upon, and of no interest to a check.
_OTHER_TASKS = "refs/heads/task"
_FOLDERS = ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info", "hooks")
INDEX = "index"
_FOLDER, _FILE, _OTHER = "folder", "file", "neither"
# What the owner may do, and what nobody has to.
_USED = stat.S_IRUSR | stat.S_IWUSR
_SPECIAL = stat.S_ISUID | stat.S_ISVTX | stat.S_IWOTH
_FOLDER_BITS = stat.S_IRWXU | _SPECIAL
_FILE_BITS = stat.S_IRWXU | _SPECIAL | stat.S_ISGID | stat.S_IXGRP | stat.S_IXOTH


def show_commit(git: WorktreeGit, commit: str) -> None:
    """Let git in the worktree see a commit, on the worktree's branch; what was done there is forgotten.

    The index is the worktree's: it must be that of the commit.
    """
    place, content = git.work.repository, _content(git, check_object_id(commit))
    try:
        if not _holds_only(place, content):
            _make_empty(place)
        _fill(place, content, git.git_dir / INDEX)
    except OSError:  # somebody took rights away, or put a folder where a file belongs
        _make_empty(place)
        _fill(place, content, git.git_dir / INDEX)
    _point_to(git.work.path / ".git", place)


def _content(git: WorktreeGit, commit: str) -> dict[str, bytes]:
    """Return the files of the repository but for its index."""
    common, branch = Path(git.lease.common), git.lease.branch
    head = commit if branch is None else f"ref: {BRANCH_PREFIX}{branch}"
    found = {
        "HEAD": f"{head}\n".encode(),
        "config": _config(common, (*git.disk, *switched_off(git.without_filters()))),
        "objects/info/alternates": os.fsencode(common / "objects") + b"\n",
        "packed-refs": _refs(git),
    }
    if branch is not None:
        found[f"{BRANCH_PREFIX}{branch}"] = f"{commit}\n".encode()
    for name in ("shallow", "info/exclude", "info/attributes"):
        if (common / name).is_file():
            found[name] = (common / name).read_bytes()
    return found


def _holds_only(place: Path, content: Mapping[str, bytes]) -> bool:
    """Return whether all of its folders are there, and nothing of somebody else's.

    Most tasks leave it so, and to change a file costs less than to make a dozen folders again.

    Raises:
        FileNotFoundError: it is not there.
    """
    files = {*content, INDEX}
    beside = {*files, *(f"{folder}/-" for folder in _FOLDERS)}
    folders = {str(parent) for name in beside for parent in PurePosixPath(name).parents} - {"."}
    found = {"place": _OTHER} if place.is_symlink() else dict(_below(place))
    theirs = [name for name, kind in found.items() if kind == _OTHER or (kind == _FILE and name not in files)]
    return not theirs and folders == {name for name, kind in found.items() if kind == _FOLDER}


def _below(folder: Path, inside: str = "") -> Iterator[tuple[str, str]]:
    """Yield what is in a folder with the kind of it: one that we can use, or neither. No link is followed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name, found = f"{inside}{entry.name}", entry.stat(follow_symlinks=False)
            kind = _kind(found)
            yield name, kind
            if kind == _FOLDER:
                yield from _below(Path(entry.path), f"{name}/")


def _kind(found: os.stat_result) -> str:
    mode = found.st_mode
    if stat.S_ISDIR(mode) and mode & _FOLDER_BITS == stat.S_IRWXU:
        return _FOLDER
    # One that has other names may be the user's own file.
    return _FILE if stat.S_ISREG(mode) and mode & _FILE_BITS == _USED and found.st_nlink == 1 else _OTHER


def _make_empty(place: Path) -> None:
    delete(place)
    for folder in _FOLDERS:
        (place / folder).mkdir(parents=True)


def _fill(place: Path, content: Mapping[str, bytes], index: Path) -> None:
    for name, wanted in content.items():
        file = place / name
        if not file.exists() or file.read_bytes() != wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)  # it may be another name of a file elsewhere
            file.write_bytes(wanted)
    if not _is_copy(place / INDEX, index):
        copy_index(index, place / INDEX)


def _is_copy(file: Path, index: Path) -> bool:
    if not file.exists() or file.stat().st_mtime_ns != index.stat().st_mtime_ns:
        return False
    return file.read_bytes() == index.read_bytes()


def has_own_commits(work: WorkFolder, branch: str, base: str) -> bool:
    """Return whether somebody committed or went elsewhere in the worktree's repository.

    Its files are read as we wrote them: git would run under a configuration of whoever works there.
    """
    place, ref = work.repository, f"{BRANCH_PREFIX}{branch}"
    try:
        head, tip = (_read(place / name).strip() for name in ("HEAD", ref))
    except OSError:
        return True
    return (head, tip) != (f"ref: {ref}".encode(), base.encode())


def _read(file: Path) -> bytes:
    if not stat.S_ISREG(file.lstat().st_mode):  # to read a pipe would wait for ever
        raise FileNotFoundError(file)
    return file.read_bytes()


def _refs(git: WorktreeGit) -> bytes:
    """Return the lines of a packed-refs file: what the user's repository had when the worktree was reset."""
    saved = git.git_dir / SHOWN_REFS_FILE
    if not saved.exists():
        shown = refs_below(Path(git.lease.common), _SHOWN_REFS, without=_OTHER_TASKS)
        saved.write_bytes(os.fsencode("".join(f"{commit} {name}\n" for name, commit in shown.items())))
    return saved.read_bytes()


def _point_to(pointer: Path, repository: Path) -> None:
    wanted = b"gitdir: " + os.fsencode(repository) + b"\n"
    if pointer.is_symlink() or not pointer.is_file() or pointer.read_bytes() != wanted:
        delete(pointer)
        pointer.write_bytes(wanted)


def _config(common: Path, settings: Iterable[str]) -> bytes:
    """Return a configuration that reads the user's and is written in its stead."""
    lines = [
        b"[include]\n\tpath = " + _quoted(common / "config") + b"\n",
        b"[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tlogAllRefUpdates = true\n",
        b"[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n",
    ]
    for setting in settings:
        name, _, value = setting.partition("=")
        section, _, key = name.rpartition(".")
        group, _, subsection = section.partition(".")
        title = group.encode() + (b" " + _quoted(subsection) if subsection else b"")
        lines.append(b"[" + title + b"]\n\t" + key.encode() + b" = " + _quoted(value) + b"\n")
    return b"".join(lines)


def _quoted(text: str | Path) -> bytes:
    escaped = os.fsencode(text).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'
