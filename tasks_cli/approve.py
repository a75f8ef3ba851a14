"""`tasks approve`: accept work that waits for a review."""

from __future__ import annotations

import click

from tasks_cli.answer_option import answer_option
from tasks_cli.identifier_type import run_identifier, task_identifier


@click.command("approve")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.argument("task_id", metavar="TASK", type=task_identifier)
@click.option("--message", "-m", default="", help="What the run notes.")
@answer_option
def command(run_id: str, task_id: str, message: str) -> int:
    """Accept the work of TASK of RUN, which waits for your review."""
    from schemas.execution import PersonReply
    from tasks_cli.answer_task import answer_task

    return answer_task(run_id, task_id, "approve", PersonReply(message=message))
