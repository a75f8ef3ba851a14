"""`tasks continue`: let a paused run go on."""

from __future__ import annotations

import click

from tasks_cli.answer_option import answer_option
from tasks_cli.identifier_type import run_identifier


@click.command("continue")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@answer_option
def command(run_id: str) -> int:
    """Let a paused RUN go on."""
    from tasks_cli.change_run import change_run

    return change_run(run_id, "continue_run")
