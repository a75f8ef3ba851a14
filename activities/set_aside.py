"""What lies in a worktree and is not the task's work: what setup and checks left, and what was left out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from activities.task_frame import TaskFrame
from activities.work_changes import ChangedPath, collect_changes
from activities.worktree_git import WorktreeGit
from planner.machine.work_folder import WorkFolder

LEFTOVERS = "setup-leftovers"


def note_leftovers(frame: TaskFrame, work: WorkFolder, base: str) -> None:
    """Remember the files that setup made, and undo what it did to tracked ones."""
    changes = collect_changes(work, base)
    _restore(work, [path for path in changes.paths if path.status != "A"])
    frame.memory.write(LEFTOVERS, sorted(path.path for path in changes.paths if path.status == "A"))


def leftovers(frame: TaskFrame) -> frozenset[str]:
    """Return the files that setup made."""
    return frozenset(frame.memory.read(LEFTOVERS) or ())


def remove_droppings(frame: TaskFrame, work: WorkFolder, base: str) -> None:
    """Undo what checks did to the worktree: they look, they do not work."""
    known = leftovers(frame)
    changes = collect_changes(work, base)
    discard(work, [path for path in changes.paths if path.path not in known])


def discard(work: WorkFolder, paths: list[ChangedPath]) -> None:
    """Bring these paths back to what the index says: changed ones restored, new ones removed."""
    _restore(work, [path for path in paths if path.status != "A"])
    for path in paths:
        if path.status == "A":
            _remove(work.path / path.path)


def _restore(work: WorkFolder, paths: list[ChangedPath]) -> None:
    if paths:
        names = b"".join(os.fsencode(path.path) + b"\0" for path in paths)
        options = ("--worktree", "--pathspec-from-file=-", "--pathspec-file-nul")
        WorktreeGit.of(work).run("restore", *options, input_data=names)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
