"""What git says is done: the tasks whose landing is in the feature branch (design 7.4, resume)."""

from __future__ import annotations

from collections.abc import Mapping

from activities.task_commits import TaskTrailers
from planner.machine.git_commits import first_parent_commits
from planner.machine.git_reader import branch_tip
from planner.machine.repository_folders import RepositoryFolders
from schemas.activity_io import LandedTask


def landed_tasks(
    folders: RepositoryFolders, branch: str, base: str, contents: Mapping[str, str]
) -> tuple[tuple[LandedTask, ...], tuple[str, ...]]:
    """Return the tasks of a plan that have landed on its feature branch, oldest first, and notes on others.

    Args:
        folders: the clone of record.
        branch: the feature branch.
        base: the commit the branch began at.
        contents: the `work_content` of every task of the plan, by id: a task that asks for other work than
            what landed has to be done again.
    """
    tip = branch_tip(folders.common, branch)
    if tip is None:
        return (), ()
    landed: dict[str, LandedTask] = {}
    notes: dict[str, str] = {}
    for logged in first_parent_commits(folders.common, base, tip):
        trailers = TaskTrailers.read(logged.trailers)
        if trailers is None or len(logged.parents) != 2:  # noqa: PLR2004 - a landing is a merge of two
            continue
        task = trailers.task_id
        if contents.get(task) == trailers.content:
            landing = LandedTask(task_id=task, commit=logged.commit, attempt=trailers.attempt)
            landed.setdefault(task, landing)
        elif task not in landed:
            notes.setdefault(task, _why_not(task, logged.commit, known=task in contents))
    left = tuple(note for task, note in notes.items() if task not in landed)
    return tuple(reversed(landed.values())), left


def _why_not(task: str, commit: str, *, known: bool) -> str:
    if known:
        return f"{task} landed in {commit[:12]}, but the plan has changed it since: it is done again"
    return f"{task} landed in {commit[:12]}, but the plan no longer has it: its change stays"
