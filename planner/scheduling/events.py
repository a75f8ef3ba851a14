"""What happens to a run, as the scheduler hears of it. Tasks are numbers of the plan's index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.scheduling.limits import Limits
from planner.scheduling.task_states import TaskState

Outcome = Literal["completed", "failed", "skipped", "cancelled"]


@dataclass(frozen=True, slots=True)
class TaskFinished:
    """A task has ended; only `skipped` may also be said of a task that is not active."""

    task: int
    outcome: Outcome = "completed"


@dataclass(frozen=True, slots=True)
class TaskMoved:
    """A task reports another state without having ended, or a failed one was rolled back."""

    task: int
    state: TaskState


@dataclass(frozen=True, slots=True)
class TaskRetried:
    """A failed, cancelled or rolled back task shall run again."""

    task: int


@dataclass(frozen=True, slots=True)
class RunPaused:
    """Nothing shall start until the run is continued."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunContinued:
    """The run goes on."""


@dataclass(frozen=True, slots=True)
class LimitsChanged:
    """Other limits hold from now on."""

    limits: Limits


@dataclass(frozen=True, slots=True)
class TimePassed:
    """So long after its begin the run is now, in the unit of the durations; time does not go back."""

    now: float


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """Nothing shall start any more; the run ends when the active tasks have."""


Event = (
    TaskFinished
    | TaskMoved
    | TaskRetried
    | RunPaused
    | RunContinued
    | LimitsChanged
    | TimePassed
    | CancelRequested
)
