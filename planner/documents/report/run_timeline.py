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
    began = _began(status, executions, landings) or now
    # Also what began last: a server whose clock is ahead of ours must not make a task end before its begin.
    moments = [moment for item in executions for moment in (item.began, item.ended) if moment is not None]
    last = max((*moments, *landings.values(), *((now,) if now is not None else ())), default=began)
    spans: dict[str, list[ActualSpan]] = {}
    for item in sorted(executions, key=lambda item: item.began):
        end = _hours(began, item.ended) if item.ended is not None else None
        spans.setdefault(item.task_id, []).append(ActualSpan(_hours(began, item.began), end, item.outcome))
    return RunRecord(
        run_id=status.run_id,
        state=status.state,
        branch=status.branch,
        began=began.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if began is not None else None,
        hours=_hours(began, last),
        is_open=now is not None,
        reason=status.reason,
        tasks={task.id: _task(task, spans.get(task.id, []), landings, began) for task in status.tasks},
        notes=status.notes,
    )


def _task(
    task: TaskStatus, spans: Sequence[ActualSpan], landings: Mapping[str, datetime], began: datetime | None
) -> ActualTask:
    landed = landings.get(task.landed_commit or "")
    return ActualTask(
        state=task.state,
        attempts=task.attempt,
        spans=tuple(spans),
        landed=_hours(began, landed) if landed is not None else None,
        commit=task.landed_commit,
        reason=task.reason,
    )


def _began(
    status: RunStatus, executions: Sequence[TaskExecution], landings: Mapping[str, datetime]
) -> datetime | None:
    """Return when the first task began; before one has, when the run was started."""
    moments = (*(item.began for item in executions), *landings.values())
    return min(moments, default=datetime.fromisoformat(status.started) if status.started else None)


def _hours(began: datetime | None, moment: datetime | None) -> float:
    if began is None or moment is None:
        return 0.0
    return max((moment - began).total_seconds(), 0.0) / SECONDS_PER_HOUR
