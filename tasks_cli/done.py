"""`tasks done`: say that a person has done a task."""

from __future__ import annotations

import click

from tasks_cli.answer_option import answer_option
from tasks_cli.identifier_type import run_identifier, task_identifier


@click.command("done")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.argument("task_id", metavar="TASK", type=task_identifier)
@click.option("--message", "-m", default="", help="What the run notes.")
@answer_option
def command(run_id: str, task_id: str, message: str) -> int:
    """Say that TASK of RUN is done in its worktree: it is committed, reviewed and checked from there."""
    from schemas.execution import PersonReply
    from tasks_cli.answer_task import answer_task

    return answer_task(run_id, task_id, "done", PersonReply(message=message))
