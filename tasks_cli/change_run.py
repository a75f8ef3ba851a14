"""Changing a run that goes on: one Temporal update, its answer in words, and exit code 0."""

from __future__ import annotations

from temporalio.client import WorkflowExecutionStatus

from schemas.errors import InvalidArguments
from schemas.execution import ChangeReply
from schemas.record import Record
from tasks_cli.printing import print_result
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
        arguments = [] if argument is None else [argument]
        sent = service.run(run_id).execute_update(
            update, args=arguments, result_type=ChangeReply, rpc_timeout=ANSWER_TIMEOUT
        )
        return await asked(sent, run_id)

    print_result(with_service(body).message)
    return 0


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
        name = status.name.lower() if status else "closed"
        hint = (
            "" if status == WorkflowExecutionStatus.COMPLETED else f"`tasks resume {run_id}` goes on with it"
        )
        raise InvalidArguments(f"the run {run_id} has ended ({name}): there is nothing to change", hint=hint)
