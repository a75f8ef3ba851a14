"""`tasks worker`: be one worker process, as `tasks up` starts them, or on another host."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("worker")
@click.option("--role", type=click.Choice(["control", "worker"]), default="worker", show_default=True)
def command(role: str) -> int:
    """Serve Temporal's task queues until SIGTERM; TEMPORAL_ADDRESS and its kin say which server."""
    import asyncio

    from tasks_cli.service_client import local_state
    from workers.control_worker import control_worker
    from workers.host_worker import HostWorker
    from workers.local_service import stop_on_signals
    from workers.log_setup import set_up_logging
    from workers.state_folder import using_state
    from workers.temporal_connection import TemporalTarget, connect
    from workers.worker_identity import claim_identity

    settings, state = local_state(Path.cwd())
    set_up_logging()

    async def serve() -> None:
        stop = stop_on_signals(asyncio.get_running_loop())
        client = await connect(TemporalTarget(), patience_seconds=30)
        if role == "control":
            async with control_worker(client):
                await stop.wait()
            return
        with using_state(state):
            identity = claim_identity(state.workers)
        await HostWorker(client, state, identity, settings.execute.tasks_per_worker).run(stop)

    asyncio.run(serve())
    return 0
