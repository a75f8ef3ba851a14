"""The executor that does nothing: for tasks without a change, and to watch a run without doing its work."""

from __future__ import annotations

from dataclasses import dataclass

from activities.executors.executor import ExecutorOutcome, ExecutorRequest


@dataclass(frozen=True, slots=True)
class NoopExecutor:
    """Leaves the worktree as it is."""

    async def develop(self, request: ExecutorRequest) -> ExecutorOutcome:
        """Return at once; whether a task may end without a change is the reviewer's decision."""
        return ExecutorOutcome(ended=True, summary=f"{request.task.id}: nothing was to be done")
