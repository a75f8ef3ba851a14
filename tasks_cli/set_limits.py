"""`tasks set-limits`: let a run do more or less at once."""

from __future__ import annotations

import click

from tasks_cli.answer_option import answer_option
from tasks_cli.identifier_type import run_identifier


@click.command("set-limits")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.option("--max-concurrent", "-j", type=click.IntRange(1), required=True, help="Tasks at once.")
@answer_option
def command(run_id: str, max_concurrent: int) -> int:
    """Change the limits of RUN while it goes on; running tasks are not interrupted."""
    from schemas.execution import LimitsChange
    from tasks_cli.change_run import change_run

    return change_run(run_id, "set_limits", LimitsChange(max_concurrent=max_concurrent))
