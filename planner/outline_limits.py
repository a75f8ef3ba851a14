"""What an outline allows: the one place where the limits of a run, a dry run or a report are made."""

from __future__ import annotations

from planner.scheduling.barrier import Barrier
from planner.scheduling.limits import Limits
from schemas.execution import PlanOutline

MINUTES_PER_HOUR = 60


def outline_limits(
    outline: PlanOutline, *, max_concurrent: int | None = None, failure_threshold: float = 1.0
) -> Limits:
    """Return the limits of a plan under its outline's model.

    Args:
        outline: the plan; its durations are in hours.
        max_concurrent: how many tasks at once; the plan's own number by default.
        failure_threshold: the share of tasks that may fail before nothing more is started.
    """
    return Limits(
        max_concurrent=max_concurrent or outline.max_concurrent,
        model=outline.model,
        failure_threshold=failure_threshold,
        window=outline.window_hours,
        own_barriers=tuple(
            (found.wave, Barrier(found.quorum, hours_of(found.timeout_minutes))) for found in outline.barriers
        ),
    )


def hours_of(minutes: float | None) -> float | None:
    """Return a number of minutes, if there is one, in hours."""
    return None if minutes is None else minutes / MINUTES_PER_HOUR
