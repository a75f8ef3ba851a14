"""`tasks pause`: start no more tasks of a run."""

from __future__ import annotations

import click

from tasks_cli.answer_option import answer_option
from tasks_cli.identifier_type import run_identifier


@click.command("pause")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.option("--reason", default="paused by a person", help="What others are told.")
@click.option("--hold", is_flag=True, help="Let running tasks stop at the end of their phase as well.")
@answer_option
def command(run_id: str, reason: str, hold: bool) -> int:
    """Start no more tasks of RUN; what runs goes on to its end."""
    from schemas.execution import PauseRequest
    from tasks_cli.change_run import change_run
    from tasks_cli.printing import print_note

    code = change_run(run_id, "pause", PauseRequest(reason=reason, hold=hold))
    print_note(f"next: tasks continue {run_id}")
    return code
