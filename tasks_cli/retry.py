"""`tasks retry`: let a failed task of a run begin again."""

from __future__ import annotations

import click


@click.command("retry")
@click.argument("run_id", metavar="RUN")
@click.argument("task_id", metavar="TASK")
@click.option("--reason", default="asked for by a person", help="What the run notes.")
def command(run_id: str, task_id: str, reason: str) -> int:
    """Let a failed TASK of RUN begin again, with all its attempts.

    A run that has ended cannot be told: `tasks resume` does its failed tasks again.
    """
    from schemas.execution import TaskChoice
    from tasks_cli.change_run import change_run

    return change_run(run_id, "retry", TaskChoice(task_id=task_id, reason=reason))
