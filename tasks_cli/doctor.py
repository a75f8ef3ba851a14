"""`tasks doctor`: what is there, what is missing, what to do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # `tasks --help` need not wait for these
    from workers.health_check import HealthCheck
    from workers.state_folder import StateFolder


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print {ok, checks, processes} as JSON.")
def command(as_json: bool) -> int:
    """Check what tasks needs on this machine; exit code 6 when there is a problem."""
    from schemas.errors import ExitCode
    from tasks_cli.printing import print_json
    from tasks_cli.service_client import local_state
    from workers.health_checks import health_checks

    settings, state = local_state(Path.cwd())
    checks = health_checks(state, settings, Path.cwd())
    ok = all(check.ok for check in checks)
    if as_json:
        rows = [{**check.model_dump(mode="json"), "ok": check.ok} for check in checks]
        print_json({"ok": ok, "checks": rows, "processes": _processes(state)})
    else:
        for check in checks:
            _print_check(check)
    return ExitCode.SUCCESS if ok else ExitCode.WORKER_POOL_UNAVAILABLE


def _processes(state: StateFolder) -> list[dict[str, object]]:
    from workers.service_record import running_service

    try:
        service = running_service(state)
    except OSError:
        return []  # what is wrong with the state folder is among the checks
    return [{"role": process.role, "pid": process.pid} for process in (service.running() if service else ())]


def _print_check(check: HealthCheck) -> None:
    from tasks_cli.printing import coloured, print_result

    colour = {"ok": "green", "warning": "yellow", "problem": "red"}[check.status]
    mark = coloured(f"{check.status:8}", colour, sys.stdout)
    print_result(f"{mark} {check.name}: {check.detail}")
    if check.advice:
        print_result(f"         {check.advice}")
