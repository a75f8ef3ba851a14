"""What an executor is: whoever does a task in its worktree, and is never believed (design 7.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from activities.script_runner import Workbench
from schemas.execution import Feedback
from schemas.tasks import Task


@dataclass(frozen=True, slots=True)
class ExecutorRequest:
    """One attempt at a task."""

    run_id: str
    task: Task
    attempt: int
    bench: Workbench
    """The worktree to work in; its `on_progress` is told how far the executor says it is."""
    feedback: tuple[Feedback, ...] = ()
    """What earlier attempts were sent back with."""


@dataclass(frozen=True, slots=True)
class ExecutorOutcome:
    """How an executor ended. That it ended well proves nothing: the diff and the checks decide."""

    ended: bool
    """Whether it ran to its end and reported no failure; if not, `feedback` says why."""
    summary: str
    exit_code: int | None = None
    feedback: tuple[Feedback, ...] = ()
    already_done: bool = False
    """Whether there was nothing left to change, which the executor can prove."""


class Executor(Protocol):
    """Whoever develops a task."""

    async def develop(self, request: ExecutorRequest) -> ExecutorOutcome:
        """Do the task in the worktree and return how that ended; cancelling it ends all it started."""
        ...
