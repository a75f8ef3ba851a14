"""The development cycle of one task as a pure decision: which phase comes next (design 7.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from schemas.execution import MAXIMUM_ATTEMPTS, Feedback, Phase

NEXT_PHASE: dict[Phase, Phase] = {
    "pre_test": "develop",
    "develop": "review",
    "review": "post_test",
    "post_test": "land",
}
FREE_CONFLICTS = 1


@dataclass(frozen=True, slots=True)
class TaskCycle:
    """Where a task is: `attempt` numbers every pass, `spent` counts those that were charged."""

    allowed: int
    attempt: int = 1
    spent: int = 0
    conflicts: int = 0
    phase: Phase = "pre_test"
    outcome: Literal["completed", "failed"] | None = None
    feedback: tuple[Feedback, ...] = ()

    @property
    def ended(self) -> bool:
        """Return whether nothing is left to do."""
        return self.outcome is not None


def passed(cycle: TaskCycle) -> TaskCycle:
    """Return the cycle after its phase succeeded; after `land` the task is completed."""
    if cycle.phase == "land":
        return replace(cycle, outcome="completed", spent=cycle.spent + 1)
    return replace(cycle, phase=NEXT_PHASE[cycle.phase])


def sent_back(cycle: TaskCycle, feedback: Sequence[Feedback], *, fatal: bool = False) -> TaskCycle:
    """Return the cycle after its phase was red: a new attempt with the feedback, or the end.

    `fatal` ends the task whatever is left, for what another attempt could not change.
    """
    spent = cycle.spent + 1
    collected = (*cycle.feedback, *feedback)
    if fatal or spent >= cycle.allowed:
        return replace(cycle, spent=spent, feedback=collected, outcome="failed")
    return replace(cycle, attempt=cycle.attempt + 1, spent=spent, feedback=collected, phase="pre_test")


def conflicted(cycle: TaskCycle, feedback: Sequence[Feedback]) -> TaskCycle:
    """Return the cycle after a merge conflict: the first is redone on the new tip without being charged."""
    if cycle.conflicts < FREE_CONFLICTS:
        collected = (*cycle.feedback, *feedback)
        return replace(
            cycle,
            attempt=cycle.attempt + 1,
            conflicts=cycle.conflicts + 1,
            feedback=collected,
            phase="pre_test",
        )
    return sent_back(cycle, feedback)


def attempts_allowed(*, retry_on_failure: bool, max_retries: int) -> int:
    """Return how many attempts a task has: the first, and at most two retries (design 7.2)."""
    return 1 + min(max_retries, MAXIMUM_ATTEMPTS - 1) if retry_on_failure else 1
