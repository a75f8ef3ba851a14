"""`tasks logs`: the evidence of a task's attempts, and what it prints at this moment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tasks_cli.identifier_type import run_identifier, task_identifier
from tasks_cli.path_type import path

if TYPE_CHECKING:
    from schemas.execution import Phase
    from tasks_cli.follow_task import WantedLogs
    from tasks_cli.service_client import Service

SHOWN_LINES = 40
PHASES = ("pre_test", "develop", "review", "post_test", "land")


@click.command("logs")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.argument("task_id", metavar="TASK", type=task_identifier)
@click.option("--repo", type=path, default=None, help="The run's repository.")
@click.option("--attempt", type=click.IntRange(1), default=None, help="Only this attempt [default: all].")
@click.option("--phase", type=click.Choice(PHASES), default=None, help="Only this phase [default: all].")
@click.option("--lines", type=click.IntRange(1), default=SHOWN_LINES, show_default=True, help="Of each log.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what is printed, until the task has ended.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print a list of {attempt, phase, file, lines_left_out, text}."
)
def command(
    run_id: str,
    task_id: str,
    repo: Path | None,
    attempt: int | None,
    phase: Phase | None,
    lines: int,
    follow: bool,
    as_json: bool,
) -> int:
    """Show what each attempt of TASK did: commands, outputs, verdicts, and where the files are.

    With --follow it can be called while the task runs, or before; Ctrl-C stops following (exit code 9), and
    the run goes on.
    """
    from tasks_cli.change_run import task_choice
    from tasks_cli.evidence_files import EvidenceChoice
    from tasks_cli.follow_task import WantedLogs

    task_choice(run_id, task_id)
    if follow and as_json:
        raise click.UsageError("--follow prints what comes as text: it does not go together with --json")
    wanted = WantedLogs(run_id, task_id, EvidenceChoice(attempt, phase), lines, repo)
    return _follow(wanted) if follow else _show(wanted, as_json=as_json)


def _show(wanted: WantedLogs, *, as_json: bool) -> int:
    from tasks_cli.evidence_files import evidence_records
    from tasks_cli.printing import print_json, print_piece
    from tasks_cli.service_client import run_status, with_service

    async def repository(service: Service) -> str | None:
        return (await run_status(service, wanted.run_id)).repository

    folder = wanted.repository or Path(with_service(repository) or Path.cwd())
    evidence = wanted.evidence_in(folder)
    if as_json:
        if not (records := evidence_records(evidence.folder, wanted.choice, wanted.lines)):
            raise wanted.nothing_there()
        print_json(records)
    elif text := evidence.news():
        print_piece(text)
    else:
        raise wanted.nothing_there()
    return 0


def _follow(wanted: WantedLogs) -> int:
    from tasks_cli.follow_task import follow_task
    from tasks_cli.interruption import until_ctrl_c
    from tasks_cli.service_client import with_service

    message = f"no longer following {wanted.task_id}: the run {wanted.run_id} goes on"
    hint = f"follow it again:  tasks logs {wanted.run_id} {wanted.task_id} --follow"

    async def following(service: Service) -> None:
        await until_ctrl_c(follow_task(service, wanted), message, hint)

    with_service(following)
    return 0
