"""Why a task is where it is: a running run is asked, an ended one has left it in its result."""

from __future__ import annotations

from temporalio.client import WorkflowFailureError, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from schemas.errors import InvalidArguments
from schemas.execution import Explanation, Feedback, RunStatus, TaskResult, TaskStatus
from tasks_cli.follow_run import RUNNING_STATES, task_progress
from tasks_cli.service_client import ANSWER_TIMEOUT, Service, asked, ended_status, run_status
from workflows.execute_plan import ExecutePlan


async def explanation_of(service: Service, run_id: str, task_id: str) -> Explanation:
    """Return why a task of a run is where it is.

    A run that ended with a result is not queried: the control worker would replay all of its history.

    Raises:
        RunNotFound: when there is no such run.
        InvalidArguments: when its plan has no such task.
    """
    handle = service.run(run_id)
    ask = handle.query(
        ExecutePlan.explain,
        task_id,
        rpc_timeout=ANSWER_TIMEOUT,
        reject_condition=QueryRejectCondition.NOT_OPEN,
    )
    try:
        return await _with_what_it_was_told(service, run_id, await asked(ask, run_id))
    except WorkflowQueryRejectedError:
        status = await ended_status(handle)
    if not isinstance(status, RunStatus):
        ended = await run_status(service, run_id)
        if not ended.tasks:
            raise InvalidArguments(
                f"the run {run_id} {ended.state} before its tasks were known: {ended.reason}",
                hint=f"`tasks resume {run_id}` goes on once that is mended",
            )
        return await asked(handle.query(ExecutePlan.explain, task_id, rpc_timeout=ANSWER_TIMEOUT), run_id)
    task = next((known for known in status.tasks if known.id == task_id), None)
    if task is None:
        raise InvalidArguments(
            f"the plan has no task {task_id!r}", hint=f"`tasks status {run_id}` shows the run"
        )
    feedback = await _feedback(service, task) if task.workflow_id else ()
    return _explanation(status, task, feedback)


async def _with_what_it_was_told(service: Service, run_id: str, found: Explanation) -> Explanation:
    """Return the explanation with what sent earlier attempts back: a task at work alone knows it."""
    if found.feedback or found.state not in RUNNING_STATES:
        return found
    listed = (await run_status(service, run_id)).tasks
    workflow_id = next((task.workflow_id for task in listed if task.id == found.task_id), None)
    progress = await task_progress(service, workflow_id) if workflow_id else None
    return found.model_copy(update={"feedback": progress.feedback}) if progress else found


def _explanation(status: RunStatus, task: TaskStatus, feedback: tuple[Feedback, ...]) -> Explanation:
    reason = task.reason or task.state.replace("_", " ")
    words = set(reason.replace(",", " ").split()) if task.state == "blocked" else set[str]()
    return Explanation(
        task_id=task.id,
        state=task.state,
        reason=reason,
        waiting_for=tuple(other.id for other in status.tasks if other.id in words),
        feedback=feedback,
    )


async def _feedback(service: Service, task: TaskStatus) -> tuple[Feedback, ...]:
    """Return what the attempts of a task were told, from the result of its own workflow."""
    child = service.client.get_workflow_handle(task.workflow_id or "", result_type=TaskResult)
    try:
        result: TaskResult = await child.result(rpc_timeout=ANSWER_TIMEOUT)
    except WorkflowFailureError as error:
        cause = error.cause
        if not (isinstance(cause, ApplicationError) and cause.type == "TaskFailed"):
            return ()
        result = TaskResult.model_validate(cause.details[0])
    except RPCError:  # Temporal keeps a task for a time only; the reason is in the run
        return ()
    return result.feedback
