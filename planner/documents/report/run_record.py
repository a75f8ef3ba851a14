"""What a report shows of a run: names, and hours since its first task began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ActualSpan:
    """One execution of a task: completed, failed, cancelled or running; without an end it goes on."""

    start: float
    end: float | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ActualTask:
    """What a run did with a task: its executions, oldest first, and when it landed, if it did."""

    state: str
    attempts: int | None = None
    spans: tuple[ActualSpan, ...] = ()
    landed: float | None = None
    commit: str | None = None
    reason: str | None = None

    def hours(self, now: float) -> float:
        """Return how long all its executions took, the one that goes on until now."""
        return sum((span.end if span.end is not None else now) - span.start for span in self.spans)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run: `hours` from the begin of its first task to its end or to now; `began` is that begin in UTC."""

    run_id: str
    state: str
    branch: str | None
    began: str | None
    hours: float
    is_open: bool
    reason: str | None = None
    tasks: Mapping[str, ActualTask] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
