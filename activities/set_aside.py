"""What lies in a worktree and is not the task's work: what setup and checks left, and what was left out."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from activities.task_frame import TaskFrame
from activities.work_changes import ChangedPath, collect_changes
from activities.worktree_files import delete
from activities.worktree_git import WorktreeGit
from planner.machine.work_folder import WorkFolder

LEFTOVERS = "setup-leftovers"
AS_CHECKED_OUT = "as-checked-out"


def note_leftovers(frame: TaskFrame, work: WorkFolder, base: str) -> None:
    """Remember the files that setup made, and undo what it did to tracked ones.

    A file that git calls changed as soon as it has checked it out, since its line ends are not as
    .gitattributes asks for, is remembered too: as long as it stays so, nobody has worked on it.
    """
    changes = collect_changes(work, base)
    differing = [path for path in changes.paths if path.status != "A"]
    _restore(work, differing)
    still = collect_changes(work, base).paths if differing else ()
    contents = {path.path: _content(work.path / path.path) for path in still if path.status == "M"}
    frame.memory.write(LEFTOVERS, sorted(path.path for path in changes.paths if path.status == "A"))
    if contents or frame.memory.read(AS_CHECKED_OUT):
        frame.memory.write(AS_CHECKED_OUT, contents)


def not_the_tasks_work(frame: TaskFrame, work: WorkFolder) -> frozenset[str]:
    """Return the files that setup made, and those that only differ by how git checks them out."""
    contents: dict[str, str] = frame.memory.read(AS_CHECKED_OUT) or {}
    untouched = (path for path, content in contents.items() if _content(work.path / path) == content)
    return frozenset(frame.memory.read(LEFTOVERS) or ()) | frozenset(untouched)


def remove_droppings(frame: TaskFrame, work: WorkFolder, base: str) -> None:
    """Undo what checks did to the worktree: they look, they do not work."""
    known = not_the_tasks_work(frame, work)
    changes = collect_changes(work, base)
    discard(work, [path for path in changes.paths if path.path not in known])


def discard(work: WorkFolder, paths: list[ChangedPath]) -> None:
    """Bring these paths back to what the index says: new ones removed, changed ones restored.

    In this order: a new folder may stand where a file was, and a new link where a folder was.
    """
    for path in paths:
        if path.status == "A":
            delete(work.path / path.path)
    _restore(work, [path for path in paths if path.status != "A"])


def _restore(work: WorkFolder, paths: list[ChangedPath]) -> None:
    if paths:
        names = b"".join(os.fsencode(path.path) + b"\0" for path in paths)
        options = ("--worktree", "--pathspec-from-file=-", "--pathspec-file-nul")
        WorktreeGit.of(work).run("restore", *options, input_data=names)


def _content(path: Path) -> str | None:
    try:
        found = path.lstat()
        return f"{found.st_mode:o} {sha256(path.read_bytes()).hexdigest()}"
    except OSError:
        return None
