"""What a person may change in a run: each is checked first, and answers in words what it changed."""

from __future__ import annotations

from dataclasses import replace

from planner.scheduling.events import LimitsChanged, TaskFinished, TaskRetried
from planner.scheduling.task_states import ACTIVE, FAILED_STATES, TaskState
from schemas.execution import ChangeReply, LimitsChange, TaskChoice
from workflows.plan_progress import PlanProgress


class Refused(ValueError):
    """What was asked for does not fit the state of the run; nothing has changed."""


def check_retry(progress: PlanProgress, choice: TaskChoice) -> None:
    """Return if the task can be done again.

    Raises:
        Refused: when it has not failed, or was skipped.
    """
    number, state = _state(progress, choice)
    if number in progress.state.skipped:
        raise Refused(f"{choice.task_id} was skipped and others have gone on: it cannot be retried")
    if state not in FAILED_STATES:
        raise Refused(f"{choice.task_id} is {state}: only a failed task can be retried")


def retry(progress: PlanProgress, choice: TaskChoice) -> ChangeReply:
    """Let a failed task begin again with all its attempts."""
    number, _ = _state(progress, choice)
    progress.apply(TaskRetried(number))
    progress.results.pop(choice.task_id, None)
    progress.notes = (*progress.notes, f"{choice.task_id} was retried: {choice.reason}")
    return ChangeReply(changed=True, message=f"{choice.task_id} is ready again")


def check_skip(progress: PlanProgress, choice: TaskChoice) -> None:
    """Return if the task can be left undone.

    Raises:
        Refused: when it runs, has landed, or was skipped already.
    """
    number, state = _state(progress, choice)
    if number in progress.state.skipped:
        raise Refused(f"{choice.task_id} was skipped already")
    if state in ACTIVE:
        raise Refused(f"{choice.task_id} is running: cancel it first")
    if state is TaskState.COMPLETED:
        raise Refused(f"{choice.task_id} has landed: there is nothing to skip")


def skip(progress: PlanProgress, choice: TaskChoice) -> ChangeReply:
    """Leave a task undone; what depends on it goes on without it."""
    number, _ = _state(progress, choice)
    progress.apply(TaskFinished(number, "skipped"))
    progress.notes = (*progress.notes, f"{choice.task_id} was skipped: {choice.reason}")
    return ChangeReply(changed=True, message=f"{choice.task_id} is skipped; what depends on it goes on")


def check_cancel(progress: PlanProgress, choice: TaskChoice) -> None:
    """Return if the task can be cancelled.

    Raises:
        Refused: when it does not run.
    """
    _, state = _state(progress, choice)
    if state not in ACTIVE:
        raise Refused(f"{choice.task_id} is {state}: only a running task can be cancelled")


def change_limits(progress: PlanProgress, change: LimitsChange) -> ChangeReply:
    """Let the run do more or less at once; running tasks are not interrupted."""
    wanted = change.max_concurrent
    before = progress.limits.max_concurrent
    if wanted is None or wanted == before:
        return ChangeReply(changed=False, message=f"nothing changed: {before} tasks at once")
    progress.apply(LimitsChanged(replace(progress.limits, max_concurrent=wanted)))
    return ChangeReply(changed=True, message=f"{wanted} tasks at once, {before} before")


def _state(progress: PlanProgress, choice: TaskChoice) -> tuple[int, TaskState]:
    number = progress.index.numbers.get(choice.task_id)
    if number is None:
        raise Refused(f"the plan has no task {choice.task_id!r}")
    return number, progress.state.state_of(number)
