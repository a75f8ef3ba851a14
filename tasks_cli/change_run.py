"""Changing a run that goes on: one Temporal update, its answer in words, and exit code 0."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio.client import WorkflowExecutionStatus

from schemas.errors import InvalidArguments
from schemas.execution import ChangeReply, TaskChoice
from schemas.record import Record
from tasks_cli.answer_option import print_answer
from tasks_cli.service_client import (
    ANSWER_TIMEOUT,
    Service,
    asked,
    existing_status,
    run_not_found,
    with_service,
)


def change_run(run_id: str, update: str, argument: Record | None = None) -> int:
    """Send an update to a run and print what it changed.

    Raises:
        InvalidArguments: when the run has ended, or refused with a reason.
        RunNotFound: when there is no such run.
    """

    async def body(service: Service) -> ChangeReply:
        await require_running(service, run_id)
        return await send_update(service, run_id, update, argument)

    reply = with_service(body)
    print_answer(reply.message, changed=reply.changed)
    return 0


async def send_update(
    service: Service, run_id: str, update: str, argument: Record | None = None
) -> ChangeReply:
    """Send an update to a run that goes on and return what it changed.

    Raises:
        InvalidArguments: when the run refused, with its reason.
    """
    arguments = [] if argument is None else [argument]
    sent = service.run(run_id).execute_update(
        update, args=arguments, result_type=ChangeReply, rpc_timeout=ANSWER_TIMEOUT
    )
    return await asked(sent, run_id)


def task_choice(run_id: str, task_id: str, reason: str | None = None) -> TaskChoice:
    """Return the task that a person named.

    Raises:
        InvalidArguments: when no task can have such an id.
    """
    try:
        return TaskChoice(task_id=task_id) if reason is None else TaskChoice(task_id=task_id, reason=reason)
    except ValidationError as error:
        raise InvalidArguments(
            f"no task can be called {task_id!r}", hint=f"`tasks status {run_id}` lists the tasks"
        ) from error


async def require_running(service: Service, run_id: str) -> None:
    """Return if the run goes on.

    Raises:
        InvalidArguments: when it has ended.
        RunNotFound: when there is no such run.
    """
    status = await existing_status(service, run_id)
    if status is None:
        raise run_not_found(run_id)
    if status != WorkflowExecutionStatus.RUNNING:
        hint = (
            "`tasks execute PLAN --again` does the plan once more"
            if status == WorkflowExecutionStatus.COMPLETED
            else f"`tasks resume {run_id}` goes on with it"
        )
        raise InvalidArguments(
            f"the run {run_id} has ended ({ending_text(status)}): there is nothing to change", hint=hint
        )


def ending_text(status: WorkflowExecutionStatus) -> str:
    """Return how a run ended, in our words: Temporal has its own for two of them."""
    ours = {WorkflowExecutionStatus.COMPLETED: "succeeded", WorkflowExecutionStatus.CANCELED: "cancelled"}
    return ours.get(status, status.name.lower())
