"""`tasks logs`: the evidence of a task's attempts."""

from __future__ import annotations

from pathlib import Path

import click

SHOWN_LINES = 40


@click.command("logs")
@click.argument("run_id", metavar="RUN")
@click.argument("task_id", metavar="TASK")
@click.option("--repo", type=click.Path(path_type=Path), default=None, help="The run's repository.")
@click.option("--attempt", type=click.IntRange(1), default=None, help="Only this attempt [default: all].")
@click.option("--lines", type=click.IntRange(1), default=SHOWN_LINES, show_default=True, help="Of each log.")
def command(run_id: str, task_id: str, repo: Path | None, attempt: int | None, lines: int) -> int:
    """Show what each attempt of TASK did: commands, outputs, verdicts, and where the files are."""
    from planner.machine.repository_folders import open_repository
    from schemas.errors import RunNotFound
    from tasks_cli.evidence_text import evidence_text
    from tasks_cli.printing import print_result
    from tasks_cli.service_client import Service, run_status, with_service

    async def body(service: Service) -> str | None:
        return (await run_status(service, run_id)).repository

    folder = repo or Path(with_service(body) or Path.cwd())
    evidence = open_repository(folder).tasks / run_id / task_id
    if not evidence.is_dir():
        raise RunNotFound(
            f"there is no evidence of task {task_id!r} in run {run_id!r}",
            hint=f"`tasks status {run_id}` lists the tasks; a task that has not begun has no logs",
        )
    print_result(evidence_text(evidence, attempt, lines))
    return 0
