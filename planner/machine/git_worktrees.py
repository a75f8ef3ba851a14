"""Which worktrees a repository has, and which branch each of them holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.machine.git_call import call_git
from planner.machine.repository_folders import worktree_git_dir

BRANCH_PREFIX = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Worktree:
    """A checkout; `branch` is what it has checked out or will return to after a rebase or bisect."""

    path: Path
    head: str | None
    branch: str | None


def worktrees(folder: Path, common: Path) -> tuple[Worktree, ...]:
    """Return every worktree of the repository, the main one first."""
    output = call_git(folder, "worktree", "list", "--porcelain", "-z").out_bytes
    return tuple(_parse(output, common))


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
        yield Worktree(path, fields.get("HEAD"), branch)
        main = False


def _branch_to_return_to(git_dir: Path) -> str | None:
    for name in ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"):
        try:
            text = (git_dir / name).read_text(errors="surrogateescape").strip()
        except (FileNotFoundError, NotADirectoryError):
            continue
        return text.removeprefix(BRANCH_PREFIX)
    return None
