"""The executor that is a person: he works in the worktree, and says when he is done."""

from __future__ import annotations

from dataclasses import dataclass

from activities.executors.executor import ExecutorOutcome, ExecutorRequest


@dataclass(frozen=True, slots=True)
class ManualExecutor:
    """Takes what lies in the worktree. The workflow has waited for `tasks done` before this is called."""

    async def develop(self, request: ExecutorRequest) -> ExecutorOutcome:  # noqa: ARG002 - the protocol's
        """Change nothing: the diff, the review and the checks say what the person's word is worth."""
        return ExecutorOutcome(ended=True, summary="done by hand")
