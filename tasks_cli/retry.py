"""`tasks retry`: let a failed task of a run begin again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tasks_cli.answer_option import answer_option, print_answer
from tasks_cli.identifier_type import run_identifier, task_identifier

if TYPE_CHECKING:
    from schemas.execution import TaskChoice
    from tasks_cli.service_client import Service


@click.command("retry")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.argument("task_id", metavar="TASK", type=task_identifier)
@click.option("--reason", default="asked for by a person", help="What the run notes.")
@answer_option
def command(run_id: str, task_id: str, reason: str) -> int:
    """Let a failed TASK of RUN begin again, with all its attempts.

    A run that has ended is resumed: TASK begins again, and so does everything else that has not landed.
    """
    from temporalio.client import WorkflowExecutionStatus

    from tasks_cli.change_run import send_update, task_choice
    from tasks_cli.service_client import existing_status, run_not_found, with_service

    choice = task_choice(run_id, task_id, reason)

    async def body(service: Service) -> str:
        status = await existing_status(service, run_id)
        if status is None:
            raise run_not_found(run_id)
        if status == WorkflowExecutionStatus.RUNNING:
            return (await send_update(service, run_id, "retry", choice)).message
        return await _resume_for(service, run_id, choice)

    print_answer(with_service(body))
    return 0


async def _resume_for(service: Service, run_id: str, choice: TaskChoice) -> str:
    """Take up an ended run again because of a task; return what happens now.

    Raises:
        InvalidArguments: when the run has no such task, or it has landed.
        RepositoryUnusable: when the state of its repository does not allow the run.
    """
    from schemas.errors import InvalidArguments
    from tasks_cli.printing import print_note
    from tasks_cli.resumed_request import ResumeOptions, resumed_request
    from tasks_cli.service_client import run_status
    from tasks_cli.start_run import start_run

    tasks = {task.id: task for task in (await run_status(service, run_id)).tasks}
    task, hint = tasks.get(choice.task_id), f"`tasks status {run_id}` shows the run"
    if tasks and task is None:
        raise InvalidArguments(f"the plan has no task {choice.task_id!r}", hint=hint)
    if task is not None and task.landed_commit is not None:
        raise InvalidArguments(f"{task.id} has landed: only a failed task can be retried", hint=hint)
    request = await resumed_request(service, run_id, ResumeOptions())
    await start_run(service, run_id, request, "")
    print_note(f"next: tasks status {run_id} --watch")
    return f"the run {run_id} had ended: it goes on with {choice.task_id} and all else that has not landed"
