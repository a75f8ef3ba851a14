"""Answering a task that waits for a person: one Temporal update on the task's own workflow."""

from __future__ import annotations

from temporalio.service import RPCError, RPCStatusCode

from schemas.errors import InvalidArguments
from schemas.execution import ChangeReply, PersonReply, TaskStatus
from tasks_cli.answer_option import print_answer
from tasks_cli.change_run import require_running
from tasks_cli.service_client import ANSWER_TIMEOUT, Service, asked, run_status, with_service


def answer_task(run_id: str, task_id: str, update: str, reply: PersonReply) -> int:
    """Send a person's answer to a task and print what comes of it.

    Raises:
        InvalidArguments: when the task does not wait for this, or has not begun.
        RunNotFound: when there is no such run.
    """

    async def body(service: Service) -> ChangeReply:
        await require_running(service, run_id)
        task = await _task(service, run_id, task_id)
        handle = service.client.get_workflow_handle(task.workflow_id or "")
        sent = handle.execute_update(update, reply, result_type=ChangeReply, rpc_timeout=ANSWER_TIMEOUT)
        try:
            return await asked(sent, run_id)
        except InvalidArguments as error:
            if _has_ended(error):
                raise _not_waiting(run_id, task) from error
            raise

    answered = with_service(body)
    print_answer(answered.message, changed=answered.changed)
    return 0


async def _task(service: Service, run_id: str, task_id: str) -> TaskStatus:
    status = await run_status(service, run_id)
    found = next((task for task in status.tasks if task.id == task_id), None)
    if found is None:
        raise InvalidArguments(
            f"the plan has no task {task_id!r}", hint=f"`tasks status {run_id}` lists its tasks"
        )
    if found.workflow_id is None:
        raise _not_waiting(run_id, found)
    return found


def _not_waiting(run_id: str, task: TaskStatus) -> InvalidArguments:
    return InvalidArguments(
        f"{task.id} is {task.state}: it waits for nobody", hint=f"`tasks status {run_id}` shows who does"
    )


def _has_ended(error: BaseException) -> bool:
    """Return whether the task's workflow has ended: Temporal then knows nobody who could answer."""
    cause = error.__cause__
    return isinstance(cause, RPCError) and cause.status == RPCStatusCode.NOT_FOUND
