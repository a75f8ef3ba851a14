"""How a task ended, whatever way its workflow ended: also without saying so."""

from typing import get_args

from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError, is_cancelled_exception

from schemas.errors import error_classes
from schemas.execution import Feedback, Phase, TaskResult

_PHASES: tuple[Phase, ...] = get_args(Phase)


def ending_of(task_id: str, error: BaseException) -> TaskResult:
    """Return the result of a task whose workflow ended with an error."""
    if is_cancelled_exception(error):
        return TaskResult(task_id=task_id, outcome="cancelled", attempts=0)
    cause = error.cause if isinstance(error, ChildWorkflowError) else error
    if isinstance(cause, ApplicationError) and cause.type == "TaskFailed":
        return TaskResult.model_validate(cause.details[0])
    return failed_by_itself(task_id, _words(error), _phase(error))


def failed_by_itself(task_id: str, reason: str, phase: Phase = "pre_test") -> TaskResult:
    """Return the result of a task that failed because of what surrounds it, and not because of its work."""
    feedback = Feedback(phase=phase, rule="infrastructure", message=reason)
    return TaskResult(task_id=task_id, outcome="failed", attempts=0, feedback=(feedback,))


def _phase(error: BaseException) -> Phase:
    """Return the phase whose activity failed; the task begins with its first."""
    step: BaseException | None = error
    while step is not None:
        if isinstance(step, ActivityError):
            return next((phase for phase in _PHASES if phase == step.activity_type), "pre_test")
        step = step.__cause__
    return "pre_test"


def _words(error: BaseException) -> str:
    """Return what went wrong, without Temporal's envelopes, and what to do about it if we know that."""
    while error.__cause__ is not None:
        error = error.__cause__
        # The first of ours: what it was raised from travels behind it, and has no hint.
        if isinstance(error, ApplicationError) and error.type in error_classes():
            hint = error.details[0] if error.details and isinstance(error.details[0], str) else ""
            return "; ".join(part for part in (error.message, hint) if part)
    return f"the task's workflow ended without a result: {str(error) or type(error).__name__}"
