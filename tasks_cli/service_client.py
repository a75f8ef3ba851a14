"""From a command to Temporal: settings, the local service, a client, and errors in the user's words."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from filelock import FileLock
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import QueryRejectCondition
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.service import RPCError, RPCStatusCode

from schemas.errors import InvalidArguments, RunNotFound, TasksError, WorkerPoolUnavailable, error_classes
from schemas.execution import ExecutePlanInput, RunResult, RunStatus
from schemas.settings import Settings
from tasks_cli.printing import print_note
from workers.service_access import ensure_service
from workers.service_record import ServiceRecord, read_service, running_service
from workers.settings import load_settings, state_folder
from workers.state_folder import StateFolder
from workers.temporal_connection import TemporalTarget, connect, names_a_server
from workflows.execute_plan import ExecutePlan

PATIENCE_SECONDS = 5.0  # for a server that is just being started too
ANSWER_TIMEOUT = timedelta(seconds=15)
LOST_CONTACT = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.UNKNOWN,
    }
)
Answer = TypeVar("Answer")


def _nobody(_status: RunStatus) -> None:
    """Nobody observes the run but the user."""


@dataclass(frozen=True, slots=True)
class Service:
    """What a command works with."""

    settings: Settings
    state: StateFolder
    record: ServiceRecord
    client: Client
    observe: Callable[[RunStatus], None] = _nobody
    """Told each status of a run that is followed."""

    def run(self, run_id: str) -> WorkflowHandle[ExecutePlan, RunResult]:
        """Return the handle of a run, whether it exists or not."""
        return self.client.get_workflow_handle_for(ExecutePlan.run, run_id)


def local_state(folder: Path) -> tuple[Settings, StateFolder]:
    """Return the settings that hold in a folder, and the state folder they name."""
    settings = load_settings(os.environ, folder)
    return settings, StateFolder(state_folder(settings))


def with_service(
    body: Callable[[Service], Awaitable[Answer]], *, folder: Path | None = None, workers: int | None = None
) -> Answer:
    """Run `body` with a client of the service, which is started when it does not run.

    Raises:
        TasksError: the failure in the user's words.
    """
    settings, state = local_state(folder or Path.cwd())
    record = started_service(settings, state, workers)

    async def connected() -> Answer:
        client = await connect(record.target())
        try:
            return await body(Service(settings, state, record, client))
        except RPCError as error:
            if error.status not in LOST_CONTACT:
                raise
            raise WorkerPoolUnavailable(
                f"Temporal does not answer any more: {error.message}",
                hint="`tasks doctor` shows whether the local service runs; then try again",
            ) from error

    return asyncio.run(connected())


async def found_again(service: Service, lost: RPCError) -> Service:
    """Return the service after its server fell silent: a killed one is started again, a stopped one is not.

    Raises:
        WorkerPoolUnavailable: when it was stopped on purpose, or does not come back.
        RPCError: the given one, when it is no loss of contact.
    """
    if lost.status not in LOST_CONTACT:
        raise lost
    if await asyncio.to_thread(_was_stopped, service.state):
        raise WorkerPoolUnavailable(
            "the local service was stopped", hint="the run goes on after the next `tasks up`"
        ) from lost
    record = await asyncio.to_thread(ensure_service, service.state, service.settings, print_note)
    return replace(service, record=record, client=await connect(record.target()))


def _was_stopped(state: StateFolder) -> bool:
    """Return whether the service was stopped on purpose: that leaves no record, a kill does."""
    with FileLock(state.start_lock):  # who replaces it holds this, and for a moment there is no record either
        return read_service(state) is None


def started_service(settings: Settings, state: StateFolder, workers: int | None) -> ServiceRecord:
    """Return the running service, started when it does not run; a server that the user named must answer.

    Raises:
        WorkerPoolUnavailable: when Temporal or the workers are not there.
    """
    if names_a_server(os.environ) and running_service(state) is None:
        # Otherwise workers would be started for a server that is not there.
        asyncio.run(connect(TemporalTarget(), patience_seconds=PATIENCE_SECONDS))
    return ensure_service(state, settings, print_note, workers=workers)


async def asked(answer: Awaitable[Answer], run_id: str) -> Answer:
    """Return Temporal's answer about a run.

    Raises:
        RunNotFound: when there is no such run.
        WorkerPoolUnavailable: when nobody answered in time.
        TasksError: what the run refused, in its words.
    """
    try:
        return await answer
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND and "already completed" in error.message:
            raise InvalidArguments(
                f"the run {run_id} has just ended", hint=f"`tasks status {run_id}` shows how"
            ) from error
        if error.status == RPCStatusCode.NOT_FOUND:
            raise run_not_found(run_id) from error
        raise WorkerPoolUnavailable(
            f"Temporal did not answer about {run_id}: {error.message}",
            hint="`tasks doctor` shows whether the workers run",
        ) from error
    except (WorkflowQueryFailedError, WorkflowUpdateFailedError) as error:
        raise InvalidArguments(_root_message(error), hint=f"`tasks status {run_id}` shows the run") from error


async def existing_status(service: Service, run_id: str) -> WorkflowExecutionStatus | None:
    """Return how the latest execution of a run stands, or None when there is none."""
    try:
        return (await asked(service.run(run_id).describe(rpc_timeout=ANSWER_TIMEOUT), run_id)).status
    except RunNotFound:
        return None


async def run_status(service: Service, run_id: str) -> RunStatus:
    """Return a run's status.

    One that has ended with a result is not queried: the control worker would replay all of its history.
    """
    handle = service.run(run_id)
    ended = handle.query(
        ExecutePlan.status, rpc_timeout=ANSWER_TIMEOUT, reject_condition=QueryRejectCondition.NOT_OPEN
    )
    try:
        return await asked(ended, run_id)
    except WorkflowQueryRejectedError:
        known = await ended_status(handle)
    if isinstance(known, RunStatus):
        return known
    queried = await asked(handle.query(ExecutePlan.status, rpc_timeout=ANSWER_TIMEOUT), run_id)
    return _ended_as(queried, known)


async def ended_status(
    handle: WorkflowHandle[ExecutePlan, RunResult],
) -> RunStatus | WorkflowFailureError | None:
    """Return the status that a closed run left, or how it ended without leaving one."""
    try:
        return (await handle.result(rpc_timeout=ANSWER_TIMEOUT)).status
    except WorkflowFailureError as error:
        failed = failed_result(error)
        return failed.status if failed and failed.status else error


def _ended_as(status: RunStatus, failure: WorkflowFailureError | None) -> RunStatus:
    """Return the status of a run that ended before it could say so: refused at its start, or terminated."""
    if failure is None or status.state not in {"running", "paused"}:
        return status
    if isinstance(failure.cause, CancelledError):
        return status.model_copy(update={"state": "cancelled", "reason": None})
    why = translated(failure)
    reason = "; ".join(part for part in (why.message, why.hint) if part)
    return status.model_copy(update={"state": "failed", "reason": reason})


def run_not_found(run_id: str) -> RunNotFound:
    """Return the error for a run that Temporal does not know."""
    return RunNotFound(f"there is no run {run_id!r}", hint="`tasks runs` lists them")


def translated(error: BaseException) -> TasksError:
    """Return our error for what ended a workflow: the class name travels as the error's type."""
    while error.__cause__ is not None and not (
        isinstance(error, ApplicationError) and error.type in error_classes()
    ):
        error = error.__cause__
    if isinstance(error, ApplicationError) and error.type in error_classes():
        hint = error.details[0] if error.details and isinstance(error.details[0], str) else ""
        return error_classes()[error.type](error.message, hint=hint)
    return TasksError(str(error) or type(error).__name__)


def failed_result(error: BaseException) -> RunResult | None:
    """Return the result that a failed run carries in its error, or None."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ApplicationError) and (cause.type or "").startswith("ExecutionFailed"):
            return RunResult.model_validate(cause.details[0])
        cause = cause.__cause__
    return None


async def input_of(service: Service, run_id: str) -> ExecutePlanInput | None:
    """Return the input with which a run was started last, or None when Temporal does not know it."""
    handle = service.client.get_workflow_handle(run_id)
    try:
        async for event in handle.fetch_history_events(page_size=1):
            payload = event.workflow_execution_started_event_attributes.input.payloads[0]
            converter = service.client.data_converter.payload_converter
            return converter.from_payload(payload, ExecutePlanInput)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
    return None


def _root_message(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    # The text of an ApplicationError begins with the name of the class that was raised over there.
    return error.message if isinstance(error, ApplicationError) else str(error)
