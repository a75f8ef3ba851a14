"""`tasks skip`: leave a task of a run undone."""

from __future__ import annotations

import click

from tasks_cli.answer_option import answer_option
from tasks_cli.identifier_type import run_identifier, task_identifier


@click.command("skip")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.argument("task_id", metavar="TASK", type=task_identifier)
@click.option("--reason", default="asked for by a person", help="What the run notes.")
@answer_option
def command(run_id: str, task_id: str, reason: str) -> int:
    """Leave TASK of RUN undone; what depends on it goes on without it."""
    from tasks_cli.change_run import change_run, task_choice

    return change_run(run_id, "skip", task_choice(run_id, task_id, reason))
