"""Which worktrees a repository has, and which branch each of them holds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from planner.machine.git_call import call_git

BRANCH_PREFIX = "refs/heads/"
_NOT_BARE = re.compile(rb"^\s*bare = false\s*$", re.MULTILINE)
_RETURN_TO = ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START")


@dataclass(frozen=True, slots=True)
class Worktree:
    """A checkout; `branch` is what it has checked out or will return to after a rebase or bisect."""

    path: Path
    branch: str | None


class _NotThatSimple(Exception):
    """Something that git reads otherwise than we do."""


def worktrees(common: Path) -> tuple[Worktree, ...]:
    """Return every worktree of the repository, the main one first.

    They are read as gitrepository-layout(5) describes them; where it is not that simple, git is asked.
    """
    if _is_plain(common):
        with suppress(_NotThatSimple):
            main = Worktree(common.parent, _branch_of(common, common))
            linked = worktree_entries(common)
            return (main, *(Worktree(path, _branch_of(common, entry)) for entry, path in linked))
    place = {"GIT_DIR": str(common)}
    output = call_git(common, "worktree", "list", "--porcelain", "-z", environment=place).out_bytes
    return tuple(_parse(output, common))


def worktree_entries(common: Path) -> Iterator[tuple[Path, Path]]:
    """Yield git's own folder for each linked worktree, and where the worktree is."""
    for pointer in sorted(common.glob("worktrees/*/gitdir")):
        path = _target(pointer)
        if path is not None:
            yield pointer.parent, path


def worktree_git_dir(common: Path, path: Path) -> Path | None:
    """Return git's own folder for a linked worktree, None if the repository does not know the worktree.

    It is looked up from the repository's side: the `.git` file inside a worktree can be changed by whoever
    works there, and would lead git to a configuration of their choice.
    """
    wanted = Path(os.path.realpath(path))
    likely = common / "worktrees" / path.name / "gitdir"  # git names it so unless another had the name
    if _target(likely) == wanted:
        return likely.parent
    return next((entry for entry, found in worktree_entries(common) if found == wanted), None)


def _target(pointer: Path) -> Path | None:
    try:
        target = os.fsdecode(pointer.read_bytes()).rstrip("\n")
    except OSError:
        return None  # there is none, or it was removed while we looked, or it is nothing that git could read
    if not target:
        return None  # the power failed before the disk had it
    # Of its folder: the `.git` in it may be a link by now.
    return Path(os.path.realpath((pointer.parent / target).parent))


def _is_plain(common: Path) -> bool:
    """Return whether HEAD files say what is checked out: no bare repository, refs in files."""
    if common.name != ".git" or (common / "reftable").exists() or (common / "config.worktree").exists():
        return False
    try:
        config = (common / "config").read_bytes()
    except OSError:
        return False
    return b"bare" not in _NOT_BARE.sub(b"", config).lower()


def _branch_of(common: Path, git_dir: Path) -> str | None:
    """Return what is checked out.

    Raises:
        _NotThatSimple: only git can tell.
    """
    head = git_dir / "HEAD"
    if head.is_symlink():  # very old ones are a link to the branch
        raise _NotThatSimple
    try:
        content = head.read_text(errors="surrogateescape")
    except FileNotFoundError:
        return None  # the worktree is being made or removed
    except OSError as error:
        raise _NotThatSimple from error
    kind, _, name = content.partition(":")
    ref = name.strip()
    if kind == "ref" and ref.startswith(BRANCH_PREFIX):
        if is_symbolic(common, ref):
            raise _NotThatSimple
        return ref.removeprefix(BRANCH_PREFIX)
    return _branch_to_return_to(git_dir)


def is_symbolic(common: Path, ref: str) -> bool:
    """Return whether a ref is only another name of one; such a ref is never packed."""
    try:
        return (common / ref).read_bytes().startswith(b"ref:")
    except OSError:
        return False


def _parse(output: bytes, common: Path) -> Iterator[Worktree]:
    main = True
    for block in os.fsdecode(output).split("\0\0"):
        lines = (line.partition(" ") for line in block.strip("\0").split("\0"))
        fields = {name: value for name, _, value in lines}
        if "worktree" not in fields:
            continue
        path = Path(fields["worktree"])
        branch = fields.get("branch", "").removeprefix(BRANCH_PREFIX) or None
        if branch is None:
            git_dir = common if main else worktree_git_dir(common, path)
            branch = _branch_to_return_to(git_dir) if git_dir else None
        yield Worktree(path, branch)
        main = False


def _branch_to_return_to(git_dir: Path) -> str | None:
    for name in _RETURN_TO:
        try:
            text = (git_dir / name).read_text(errors="surrogateescape").strip()
        except (FileNotFoundError, NotADirectoryError):
            continue
        return text.removeprefix(BRANCH_PREFIX)
    return None
