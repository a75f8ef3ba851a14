"""`tasks execute`: start a run of a plan, follow it, and end with its exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from schemas.task_execution import RunExecutor, TaskReviewer
from tasks_cli.identifier_type import run_identifier
from tasks_cli.path_type import path

if TYPE_CHECKING:
    from schemas.tasks import ExecutionModel


class FollowOptions(TypedDict):
    """How a run is started and followed."""

    workers: int | None
    again: bool
    resume: bool
    metrics_port: int | None
    detach: bool
    as_json: bool


@click.command("execute")
@click.argument("plan", metavar="PLAN|-")
@click.option("--repo", type=path, default=None, help="The git repository to work on.")
@click.option("--base", default="HEAD", show_default=True, help="The commit to start from.")
@click.option("--branch", default=None, help="The feature branch [default: feature/<title of the plan>].")
@click.option(
    "--run-id",
    metavar="ID",
    type=run_identifier,
    default=None,
    help="The name [default: <plan id>-<repository id>].",
)
@click.option(
    "--worker-min", "workers", type=click.IntRange(1), default=None, help="Workers to keep running."
)
@click.option("--max-concurrent", "-j", type=click.IntRange(1), default=None, help="Tasks at once.")
@click.option(
    "--force-execution-model",
    type=click.Choice(["wave_based", "rolling_frontier"]),
    default=None,
    help="Use this model instead of the plan's.",
)
@click.option(
    "--executor",
    type=click.Choice(["noop", "manual"]),
    default=None,
    help="noop: rehearse all tasks; manual: you do those that have no executor.",
)
@click.option(
    "--reviewer",
    type=click.Choice(["checks", "human"]),
    default=None,
    help="human: every task waits for your review as well.",
)
@click.option("--allow-blind-checks", is_flag=True, help="Go on although a check stays green on broken code.")
@click.option("--resume", "--resume-from-checkpoint", "-r", is_flag=True, help="Go on after a failed run.")
@click.option("--again", is_flag=True, help="Run a finished plan once more.")
@click.option("--dry-run", "-d", is_flag=True, help="Check plan and repository, print the schedule.")
@click.option("--print-input", is_flag=True, help="Print the workflow's input as JSON and start nothing.")
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    default=None,
    help="Serve the progress to Prometheus while this command follows the run.",
)
@click.option("--detach", is_flag=True, help="Return as soon as the run is started.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    plan: str,
    repo: Path | None,
    base: str,
    branch: str | None,
    run_id: str | None,
    max_concurrent: int | None,
    force_execution_model: ExecutionModel | None,
    executor: RunExecutor | None,
    reviewer: TaskReviewer | None,
    allow_blind_checks: bool,
    dry_run: bool,
    print_input: bool,
    **following: Unpack[FollowOptions],
) -> int:
    """Execute the plan in the directory PLAN; `-` reads the directory from stdin.

    Ctrl-C detaches: the run goes on. Exit codes: 0 all landed, 5 plan not valid, 6 no Temporal or workers,
    7 failed and resumable, 8 failed with nothing kept, 9 aborted by you.
    """
    from tasks_cli.printing import print_json
    from tasks_cli.run_request import RunOptions, check_run, prepare_run

    flags = (executor, reviewer, allow_blind_checks)
    options = RunOptions(repo, base, branch, run_id, max_concurrent, force_execution_model, *flags)
    checked = check_run(plan, options)
    if dry_run:
        from tasks_cli.dry_run import print_dry_run

        return print_dry_run(checked, as_json=following["as_json"])
    if print_input:
        print_json(prepare_run(checked).request.as_json())
        return 0
    from tasks_cli.start_run import start_and_follow

    return start_and_follow(checked, **following)
