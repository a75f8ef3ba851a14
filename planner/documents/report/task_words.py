"""What the report says of one task in words: its estimate, its expected and its actual time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.documents.report.markup import one_line
from planner.documents.report.planned_times import NoSchedule, PlannedTimes
from planner.documents.report.run_record import ActualTask, RunRecord
from planner.draft import EstimateOrigin
from planner.forecasting.rounded_hours import hours_text
from planner.plan_demands import expected_hours
from schemas.tasks import Task

_ORIGINS: Mapping[EstimateOrigin, str] = {
    "sizing_rule": "sizing rule",
    "document": "document",
    "model": "model",
}


@dataclass(frozen=True, slots=True)
class TaskWords:
    """Everything that is known of a task, as text; what is not known is empty."""

    task: Task
    estimate: str
    planned: str
    is_critical: bool
    actual: ActualTask | None
    took: str
    against: str

    def tip(self) -> str:
        """Return all of it, for the pictures, where there is room for few words."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.task.id} {one_line(self.task.title)}"
        if self.planned:
            yield f"planned: {self.planned}" + (", on the critical path" if self.is_critical else "")
        if self.estimate:
            yield f"estimate: {self.estimate}"
        if self.actual is not None:
            attempts = f", attempt {self.actual.attempts}" if self.actual.attempts else ""
            yield f"{self.actual.state}{attempts}" + (f", took {self.took}" if self.took else "")
            if self.actual.reason:
                yield self.actual.reason


def task_words(
    task: Task, times: PlannedTimes | NoSchedule, run: RunRecord | None, origin: EstimateOrigin | None = None
) -> TaskWords:
    """Return what is known of a task."""
    actual = run.tasks.get(task.id) if run is not None else None
    planned, is_critical = "", False
    if isinstance(times, PlannedTimes):
        place = times.index.number_of(task.id)
        start, finish = times.schedule.starts[place], times.schedule.finishes[place]
        planned, is_critical = f"{hours_text(start)} to {hours_text(finish)}", times.is_critical(place)
    hours = actual.hours(run.hours) if actual is not None and run is not None else 0.0
    return TaskWords(
        task=task,
        estimate=_estimate(task, origin),
        planned=planned,
        is_critical=is_critical,
        actual=actual,
        took=hours_text(hours) if actual is not None and actual.spans else "",
        against=_against(task, actual, hours),
    )


def _estimate(task: Task, origin: EstimateOrigin | None) -> str:
    if task.duration is None:
        return ""
    points = (task.duration.optimistic, task.duration.mostLikely, task.duration.pessimistic)
    stated = " / ".join(hours_text(point) for point in points)
    return f"{stated} ({_ORIGINS[origin]})" if origin is not None else stated


def _against(task: Task, actual: ActualTask | None, hours: float) -> str:
    """Return how the time of a completed task compares with its expected time."""
    if actual is None or actual.state != "completed" or not actual.spans or task.duration is None:
        return ""
    expected = expected_hours(task.duration)
    return f"{hours / expected:.2g} times the estimate" if expected > 0 else ""
