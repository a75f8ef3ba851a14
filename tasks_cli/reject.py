"""`tasks reject`: send work back that waits for a review."""

from __future__ import annotations

import click

from tasks_cli.answer_option import answer_option
from tasks_cli.identifier_type import run_identifier, task_identifier


@click.command("reject")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.argument("task_id", metavar="TASK", type=task_identifier)
@click.option("--reason", "-m", required=True, help="What the next attempt is told.")
@answer_option
def command(run_id: str, task_id: str, reason: str) -> int:
    """Send the work of TASK of RUN back; its next attempt is told why."""
    from schemas.execution import PersonReply
    from tasks_cli.answer_task import answer_task

    return answer_task(run_id, task_id, "reject", PersonReply(message=reason))
