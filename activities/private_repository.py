"""What `git` means inside a worktree: a repository of its own that borrows the user's objects.

Whoever works or checks in a worktree may call git, and in a linked worktree `git stash`, `git config`,
`git gc`, `git branch`, `git tag` and a hook change the user's repository. So the worktree's `.git` file leads
to a small repository beside it: with the user's history, branches, tags and settings to read, and with
nothing of the user's to write. We ourselves never look at it, except to notice commits.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

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


def show_commit(git: WorktreeGit, commit: str) -> None:
    """Let git in the worktree see a commit, on the worktree's branch; what was done there is forgotten.

    The index is the worktree's: it must be that of the commit.
    """
    place, common, branch = git.work.repository, Path(git.lease.common), git.lease.branch
    delete(place)
    for folder in _FOLDERS:
        (place / folder).mkdir(parents=True)
    (place / "config").write_bytes(_config(common, (*git.disk, *switched_off(git.without_filters()))))
    (place / "objects/info/alternates").write_bytes(os.fsencode(common / "objects") + b"\n")
    (place / "packed-refs").write_bytes(_refs(git))
    for name in ("shallow", "info/exclude", "info/attributes"):
        if (common / name).is_file():
            shutil.copy2(common / name, place / name)
    head = check_object_id(commit)
    if branch is not None:
        tip = place / f"{BRANCH_PREFIX}{branch}"
        tip.parent.mkdir(parents=True, exist_ok=True)
        tip.write_text(f"{head}\n")
        head = f"ref: {BRANCH_PREFIX}{branch}"
    (place / "HEAD").write_text(f"{head}\n")
    copy_index(git.git_dir / "index", place / "index")
    _point_to(git.work.path / ".git", place)


def has_own_commits(work: WorkFolder, branch: str, base: str) -> bool:
    """Return whether somebody committed or went elsewhere in the worktree's repository.

    Its files are read as we wrote them: git would run under a configuration of whoever works there.
    """
    place, ref = work.repository, f"{BRANCH_PREFIX}{branch}"
    try:
        head, tip = ((place / name).read_bytes().strip() for name in ("HEAD", ref))
    except OSError:
        return True
    return (head, tip) != (f"ref: {ref}".encode(), base.encode())


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
