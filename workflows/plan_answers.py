"""What a run answers: its status, why a task is where it is, and how it ended."""

from __future__ import annotations

from planner.scheduling.explain import explain
from schemas.execution import Explanation, Progress, RunResult, RunStatus, TaskResult, TaskStatus
from workflows.plan_progress import PlanProgress

SHOWN_NOTES = 50
NEEDS_NO_REASON = {"running", "completed"}


def run_status(progress: PlanProgress) -> RunStatus:
    """Return the answer to the query `status`."""
    outline = progress.loaded.outline
    return RunStatus(
        run_id=progress.run_id,
        state=progress.outcome or ("paused" if progress.pause_reason else "running"),
        branch=progress.loaded.branch,
        progress=Progress(completed=len(progress.landed), total=len(outline.tasks)),
        tasks=tuple(_task_status(progress, task.id, task.title) for task in outline.tasks),
        plan_id=outline.plan_id,
        title=outline.title,
        reason=None if progress.outcome == "succeeded" else progress.pause_reason,
        forecast_hours=outline.forecast_hours,
        base_commit=progress.loaded.base_commit,
        notes=progress.notes,
    )


def loading_status(run_id: str) -> RunStatus:
    """Return the status of a run whose plan is not there yet."""
    return RunStatus(
        run_id=run_id,
        state="running",
        branch=None,
        progress=Progress(completed=0, total=0),
        reason="the plan is being loaded and its checks are being probed",
    )


def explain_task(progress: PlanProgress, task_id: str) -> Explanation:
    """Return why a task is where it is.

    Raises:
        ValueError: when the plan has no such task.
    """
    if task_id not in progress.index.numbers:
        message = f"the plan has no task {task_id!r}"
        raise ValueError(message)
    found = explain(progress.index, progress.state, progress.limits, progress.index.number_of(task_id))
    result = progress.results.get(task_id)
    return Explanation(
        task_id=task_id,
        state=str(found.state),
        reason=_reason(progress, task_id) or found.reason,
        waiting_for=found.waiting_for,
        feedback=result.feedback if result else (),
    )


def run_result(progress: PlanProgress, seconds: float, tip: str | None) -> RunResult:
    """Return how the run ended."""
    outline = progress.loaded.outline
    return RunResult(
        run_id=progress.run_id,
        state=progress.outcome or "failed",
        branch=progress.loaded.branch,
        tip=tip,
        completed=len(progress.landed),
        total=len(outline.tasks),
        seconds=seconds,
        forecast_hours=outline.forecast_hours,
        tasks=tuple(_brief(result) for result in progress.results.values()),
        notes=progress.notes[:SHOWN_NOTES],
    )


def _task_status(progress: PlanProgress, task_id: str, title: str) -> TaskStatus:
    found = explain(progress.index, progress.state, progress.limits, progress.index.number_of(task_id))
    result, landed = progress.results.get(task_id), progress.landed.get(task_id)
    state = str(found.state)
    return TaskStatus(
        id=task_id,
        title=title,
        state=state,
        attempt=result.attempts if result else (landed.attempt if landed else None),
        reason=None if state in NEEDS_NO_REASON else _reason(progress, task_id) or found.reason or None,
        landed_commit=landed.commit if landed else None,
        workflow_id=progress.workflow_id(task_id) if task_id in progress.starts else None,
    )


def _reason(progress: PlanProgress, task_id: str) -> str | None:
    """Return what a task itself says: what it waits for, or what it failed on."""
    result = progress.results.get(task_id)
    if task_id in progress.waiting:
        return progress.waiting[task_id]
    if result is None or result.outcome != "failed" or not result.feedback:
        return None
    last = result.feedback[-1]
    return f"{last.phase} · {last.rule}: {last.message}"


def _brief(result: TaskResult) -> TaskResult:
    """Return the result without excerpts: the whole is in the task's own history and in its evidence."""
    feedback = tuple(item.model_copy(update={"excerpt": ""}) for item in result.feedback[-1:])
    return result.model_copy(update={"feedback": feedback, "notes": ()})
