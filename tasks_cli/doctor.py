"""`tasks doctor`: what is there, what is missing, what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print {ok, checks, processes} as JSON.")
def command(as_json: bool) -> int:
    """Check what tasks needs on this machine; exit code 6 when something is missing."""
    from schemas.errors import ExitCode
    from tasks_cli.printing import coloured, print_json, print_result
    from tasks_cli.service_client import local_state
    from workers.health_checks import health_checks
    from workers.service_access import running_service

    _, state = local_state(Path.cwd())
    checks = health_checks(state)
    service = running_service(state)
    processes = [process for process in (service.processes if service else ()) if process.alive()]
    ok = all(check.ok for check in checks)
    if as_json:
        rows = [{"role": process.role, "pid": process.pid} for process in processes]
        print_json(
            {"ok": ok, "checks": [check.model_dump(mode="json") for check in checks], "processes": rows}
        )
    else:
        for check in checks:
            colour = "green" if check.ok else "red"
            mark = coloured("ok" if check.ok else "MISSING", colour, sys.stdout)
            print_result(f"{mark:8} {check.name}: {check.detail}")
            if not check.ok:
                print_result(f"         {check.advice}")
        running = ", ".join(f"{process.name} {process.pid}" for process in processes)
        print_result(f"service: {running or 'not running (`tasks up` starts it)'}")
    return ExitCode.SUCCESS if ok else ExitCode.WORKER_POOL_UNAVAILABLE
