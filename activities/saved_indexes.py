"""Indexes of commits that we keep in git's folder of a worktree, free of the marks of whoever works there."""

from __future__ import annotations

from pathlib import Path

from activities.worktree_files import copy_index
from planner.machine.git_reader import check_object_id

_SAVED = "tasks-index-"


def saved_index(git_dir: Path, commit: str) -> Path:
    """Return the file for the index of a commit; it need not be there."""
    return git_dir / f"{_SAVED}{check_object_id(commit)}"


def saved_indexes(git_dir: Path) -> list[Path]:
    """Return the kept indexes, oldest first."""
    return sorted(git_dir.glob(f"{_SAVED}*"), key=lambda file: file.stat().st_mtime_ns)


def save_index(git_dir: Path, index: Path, commit: str) -> None:
    """Keep an index as the one of a commit and forget the others."""
    saved = saved_index(git_dir, commit)
    copy_index(index, saved)
    for other in saved_indexes(git_dir):
        if other != saved:
            other.unlink()
