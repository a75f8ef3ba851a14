"""The executor that applies a patch of the plan; one that is applied already is done."""

from __future__ import annotations

from dataclasses import dataclass

from activities.executors.executor import ExecutorOutcome, ExecutorRequest
from activities.uninterrupted import uninterrupted
from activities.worktree_git import WorktreeGit
from schemas.errors import GitFailed
from schemas.execution import Feedback

SHOWN_LINES = 20


@dataclass(frozen=True, slots=True)
class PatchExecutor:
    """Applies a unified diff with three-way merging, so that moved lines do not matter."""

    patch: str

    async def develop(self, request: ExecutorRequest) -> ExecutorOutcome:
        """Apply the patch; what does not fit is red, and the worktree is as it was."""
        return await uninterrupted(self._apply, request)

    def _apply(self, request: ExecutorRequest) -> ExecutorOutcome:
        git = WorktreeGit.of(request.bench.work)
        patch = self.patch.encode("utf-8", "surrogateescape")
        if git.run("apply", "--reverse", "--check", "-", input_data=patch, ok=(0, 1, 128)).exit_code == 0:
            return ExecutorOutcome(ended=True, summary="the patch is applied already", already_done=True)
        try:
            git.run("apply", "--3way", "--whitespace=nowarn", "-", input_data=patch)
        except GitFailed as error:
            return ExecutorOutcome(
                ended=False, summary="the patch does not apply", feedback=(_feedback(error),)
            )
        return ExecutorOutcome(ended=True, summary="the patch was applied")


def _feedback(error: GitFailed) -> Feedback:
    lines = error.message.splitlines()
    return Feedback(
        phase="develop",
        rule="executor-patch",
        message="the patch does not apply to the tip of the feature branch: "
        "make it again from there, or let another task land first with `after`",
        command="git apply --3way",
        excerpt="\n".join(lines[:SHOWN_LINES]),
    )
