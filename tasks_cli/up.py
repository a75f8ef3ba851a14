"""`tasks up`: the local server and the workers, in the background."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("up")
@click.option("--workers", type=click.IntRange(1), default=None, help="Workers to keep running.")
@click.option("--foreground", is_flag=True, help="Be the supervisor, until SIGTERM or Ctrl-C.")
@click.option("--temporal", type=click.Path(path_type=Path), default=None, hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print {address, ui_url, namespace} as JSON.")
def command(workers: int | None, foreground: bool, temporal: Path | None, as_json: bool) -> int:
    """Start the local Temporal server and the workers, unless they run already."""
    from tasks_cli.printing import print_json, print_note, print_result
    from tasks_cli.service_client import local_state
    from workers.service_access import ensure_service

    settings, state = local_state(Path.cwd())
    if foreground:
        return _supervise(temporal)
    record = ensure_service(state, settings, print_note, workers=workers)
    if as_json:
        print_json({"address": record.address, "ui_url": record.ui_url, "namespace": record.namespace})
    else:
        print_result(f"Temporal: {record.address or 'as your Temporal configuration says'}")
        if record.ui_url:
            print_result(f"Web UI:   {record.ui_url}")
        print_note("next: tasks plan -f DOCUMENT, then tasks execute; `tasks down` stops everything")
    return 0


def _supervise(temporal: Path | None) -> int:
    import asyncio
    import os

    from tasks_cli.printing import print_note
    from tasks_cli.service_client import local_state
    from workers.local_service import LocalService, ServicePlan, stop_on_signals
    from workers.log_setup import set_up_logging
    from workers.service_access import serve_ports
    from workers.temporal_binary import find_temporal
    from workers.temporal_connection import names_a_server

    settings, state = local_state(Path.cwd())
    set_up_logging()
    if temporal is None and not names_a_server(os.environ):
        temporal = find_temporal(os.environ, print_note)
    plan = ServicePlan(temporal, *serve_ports(settings), ports_are_fixed=settings.server.port is not None)

    async def supervise() -> None:
        stop = stop_on_signals(asyncio.get_running_loop())
        await LocalService(state, settings, plan).run(stop)

    asyncio.run(supervise())
    return 0
