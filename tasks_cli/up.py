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
    from tasks_cli.service_client import local_state, started_service

    settings, state = local_state(Path.cwd())
    if foreground:
        return _supervise(temporal, workers)
    record = started_service(settings, state, workers)
    address = record.address or record.elsewhere
    if as_json:
        print_json({"address": address, "ui_url": record.ui_url, "namespace": record.namespace})
    else:
        print_result(f"Temporal: {address}" + (", as your configuration says" if record.elsewhere else ""))
        if record.ui_url:
            print_result(f"Web UI:   {record.ui_url}")
        print_note("next: tasks plan -f DOCUMENT, then tasks execute; `tasks down` stops everything")
    return 0


def _supervise(temporal: Path | None, workers: int | None) -> int:
    import asyncio
    import os

    from tasks_cli.printing import print_note
    from tasks_cli.service_client import local_state
    from workers.kept_server import KeptServer, ServerPlan
    from workers.local_service import LocalService, stop_on_signals
    from workers.log_setup import set_up_logging
    from workers.service_access import serve_ports
    from workers.service_record import SERVICE_VARIABLE, service_mark, want_pool
    from workers.state_folder import using_state
    from workers.temporal_binary import find_temporal
    from workers.temporal_connection import names_a_server

    settings, state = local_state(Path.cwd())
    set_up_logging()
    os.environ[SERVICE_VARIABLE] = service_mark(state)  # for all that is started from here
    server = None
    if not names_a_server(os.environ):
        binary = temporal or find_temporal(os.environ, print_note)
        fixed = settings.server.port is not None
        server = KeptServer(state, ServerPlan(binary, *serve_ports(settings), ports_are_fixed=fixed))

    async def supervise() -> None:
        stop = stop_on_signals(asyncio.get_running_loop())
        await LocalService(state, settings, server).run(stop)

    with using_state(state):
        if workers is not None:
            want_pool(state, workers)
        asyncio.run(supervise())
    return 0
