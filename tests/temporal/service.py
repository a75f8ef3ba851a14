"""Our workers in this process, against the real server of the test session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from tests.workflow_sandbox import sandboxed
from workers.control_worker import control_worker
from workers.dev_server import DevServer
from workers.host_worker import HostWorker
from workers.state_folder import StateFolder
from workers.temporal_connection import TemporalTarget, connect
from workers.worker_identity import claim_identity


@asynccontextmanager
async def running_service(server: DevServer, folder: Path, leases: int = 4) -> AsyncIterator[Client]:
    """Serve all queues while the body runs."""
    state = StateFolder(folder)
    client = await connect(TemporalTarget(server.address))
    stop = asyncio.Event()
    identity = claim_identity(state.workers)
    host = HostWorker(client, state, identity, leases)
    async with control_worker(client, sandboxed()):
        serving = asyncio.create_task(host.run(stop))
        try:
            yield client
        finally:
            stop.set()
            await serving
            identity.lock.release()
