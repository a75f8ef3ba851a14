"""From moments to hours: what a run answers about itself, on a time that begins with its first task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from planner.documents.report.run_record import ActualSpan, ActualTask, RunRecord
from schemas.execution import RunStatus, TaskStatus

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class TaskExecution:
    """One execution of a task's workflow; without an end it goes on."""

    task_id: str
    began: datetime
    ended: datetime | None
    outcome: str


def run_record(
    status: RunStatus,
    executions: Sequence[TaskExecution],
    landings: Mapping[str, datetime],
    now: datetime | None,
) -> RunRecord:
    """Return a run on its own time.

    Args:
        status: what the run answers about itself.
        executions: every execution of its tasks that is known, also those before it was resumed.
        landings: when a landing commit was made, by commit.
        now: the time, while the run goes on; `None` after its end.
    """
    moments = [item.began for item in executions] + list(landings.values())
    ends = [item.ended for item in executions if item.ended is not None]
    began = min(moments, default=datetime.fromisoformat(status.started) if status.started else None)
    if began is None:
        began = now

    def hours(moment: datetime) -> float:
        return max((moment - began).total_seconds(), 0.0) / SECONDS_PER_HOUR if began is not None else 0.0

    def of(task: TaskStatus) -> ActualTask:
        spans = [
            ActualSpan(hours(item.began), hours(item.ended) if item.ended is not None else None, item.outcome)
            for item in executions
            if item.task_id == task.id
        ]
        landed = landings.get(task.landed_commit or "")
        return ActualTask(
            state=task.state,
            attempts=task.attempt,
            spans=tuple(sorted(spans, key=lambda span: span.start)),
            landed=hours(landed) if landed is not None else None,
            commit=task.landed_commit,
            reason=task.reason,
        )

    return RunRecord(
        run_id=status.run_id,
        state=status.state,
        branch=status.branch,
        began=began.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if began is not None else None,
        hours=max(map(hours, [*moments, *ends] if now is None else [now]), default=0.0),
        is_open=now is not None,
        reason=status.reason,
        tasks={task.id: of(task) for task in status.tasks},
        notes=status.notes,
    )
