"""`tasks cancel`: end a run."""

from __future__ import annotations

import click

from tasks_cli.answer_option import answer_option, print_answer
from tasks_cli.identifier_type import run_identifier, task_identifier


@click.command("cancel")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.argument("task_id", metavar="[TASK]", required=False, type=task_identifier)
@answer_option
def command(run_id: str, task_id: str | None) -> int:
    """End RUN, or one TASK of it: processes are ended, worktrees removed; branches and evidence stay."""
    if task_id is not None:
        from tasks_cli.change_run import change_run, task_choice

        return change_run(run_id, "cancel_task", task_choice(run_id, task_id))
    from contextlib import suppress

    from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

    from tasks_cli.change_run import ending_text
    from tasks_cli.printing import print_note
    from tasks_cli.service_client import (
        ANSWER_TIMEOUT,
        Service,
        asked,
        existing_status,
        run_not_found,
        with_service,
    )

    async def body(service: Service) -> tuple[str, bool]:
        status = await existing_status(service, run_id)
        if status is None:
            raise run_not_found(run_id)
        if status != WorkflowExecutionStatus.RUNNING:
            return f"the run {run_id} has ended already: {ending_text(status)}", False
        handle = service.run(run_id)
        await asked(handle.cancel(rpc_timeout=ANSWER_TIMEOUT), run_id)
        print_note("cancelling: running commands are being ended")
        with suppress(WorkflowFailureError):
            await handle.result()
        status = await existing_status(service, run_id)
        if status == WorkflowExecutionStatus.CANCELED:
            return (
                f"the run {run_id} was cancelled; `tasks resume {run_id}` goes on from what has landed",
                True,
            )
        how = ending_text(status) if status else "forgotten"
        return f"the run {run_id} ended before it could be cancelled: {how}", False

    message, changed = with_service(body)
    print_answer(message, changed=changed)
    return 0
