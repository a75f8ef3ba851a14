"""Order that a document states outside of its tasks, or by the form of its list."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.tasks import DependencyType


@dataclass(frozen=True, slots=True)
class StatedOrder:
    """`later` comes after `earlier`, both by their places among the tasks of one document.

    `reason` may hold {earlier} and {later} for the ids of the two. `start` and `end` are the range of the
    source that says so.
    """

    earlier: int
    later: int
    type: DependencyType
    reason: str
    confidence: float
    is_hard: bool
    start: int
    end: int
