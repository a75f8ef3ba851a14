"""The local service: one supervisor process that keeps a server and the workers running."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from filelock import FileLock, Timeout

from planner.machine.processes import boot_id, process_start_time
from schemas.errors import WorkerPoolUnavailable
from schemas.settings import Settings
from workers.kept_processes import KeptProcesses
from workers.kept_server import KeptServer
from workers.record_writer import RecordWriter
from workers.service_end import end_service
from workers.service_record import (
    RestlessProcess,
    ServiceProcess,
    ServiceRecord,
    wanted_pool,
)
from workers.state_folder import StateFolder, build_id
from workers.temporal_connection import TemporalTarget, connect, named_address

LOOK_SECONDS = 0.5
LOCK_SECONDS = 5.0  # what held the lock has been ended by then
log = structlog.get_logger()


@dataclass(slots=True)
class LocalService:
    """The supervisor's state; `run` is its life."""

    state: StateFolder
    settings: Settings
    server: KeptServer | None
    """None when Temporal is elsewhere."""
    kept: KeptProcesses | None = None
    ready: bool = False
    # Of the code that runs here: what is on the disk may be replaced at any moment.
    build: str = field(default_factory=build_id)

    async def run(self, stop: asyncio.Event) -> None:
        """Start everything, keep it running until told to stop, then end it: workers first, server last.

        Raises:
            WorkerPoolUnavailable: the server or Temporal elsewhere does not answer, or another supervisor
                holds the state folder.
        """
        end_service(self.state)
        writer = RecordWriter(self.state)
        with _only_supervisor(self.state):
            try:
                # From here on others see that a service is being started, and by whom.
                writer.write(self._record(0))
                await _until(stop, self._serve(writer))
            finally:
                await asyncio.to_thread(self._end)

    async def _serve(self, writer: RecordWriter) -> None:
        loop = asyncio.get_running_loop()
        if self.server is not None:
            await self.server.start(loop.time())
            writer.write(self._record(loop.time()))
        await connect(self._target())
        kept = self.kept = KeptProcesses(self.state, self._environment())
        while True:
            kept.want(wanted_pool(self.state, self.settings.execute.worker_min))
            if self.server is not None:
                await self.server.keep_running(loop.time())
            kept.keep_running(loop.time())
            self.ready = True
            writer.try_to_write(self._record(loop.time()))
            await asyncio.sleep(LOOK_SECONDS)

    def _restless(self, now: float) -> Iterator[RestlessProcess]:
        if self.server is not None:
            yield from self.server.restless(now)
        if self.kept is not None:
            yield from self.kept.restless(now)

    def _target(self) -> TemporalTarget:
        return TemporalTarget() if self.server is None else self.server.target

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, "TASKS_STATE_DIR": str(self.state.path)}
        address = self._target().local_address
        return environment if address is None else {**environment, "TEMPORAL_ADDRESS": address}

    def _processes(self) -> Iterator[ServiceProcess]:
        pid = os.getpid()
        yield ServiceProcess(
            role="supervisor", pid=pid, start_time=process_start_time(pid) or 0, name="supervisor"
        )
        if self.server is not None and (process := self.server.process()) is not None:
            yield process
        if self.kept is not None:
            yield from self.kept.running()

    def _record(self, now: float) -> ServiceRecord:
        target = self._target()
        return ServiceRecord(
            boot=boot_id(),
            build=self.build,
            address=target.local_address,
            namespace=target.namespace,
            ui_url=target.ui_url,
            elsewhere=named_address() if self.server is None else None,
            ready=self.ready,
            processes=tuple(self._processes()),
            restless=tuple(self._restless(now)),
        )

    def _end(self) -> None:
        if self.kept is not None:
            self.kept.end()
        if self.server is not None:
            self.server.end()
        self.state.service_file.unlink(missing_ok=True)
        self.state.pool_file.unlink(missing_ok=True)


def stop_on_signals(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


@contextmanager
def _only_supervisor(state: StateFolder) -> Iterator[None]:
    """Hold the lock that dies with the process: two supervisors would share one database."""
    lock = FileLock(state.supervisor_lock)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise WorkerPoolUnavailable(
            f"another supervisor is at work in {state.path}",
            hint="`tasks down` stops it, unless it runs in another container or on another host; "
            "TASKS_STATE_DIR names another folder",
        ) from error
    try:
        yield
    finally:
        lock.release()


async def _until(stop: asyncio.Event, serving: Coroutine[None, None, None]) -> None:
    """Serve until told to stop, at whatever point that is, or until an error ends it."""
    running, stopping = asyncio.create_task(serving), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (running, stopping):
            task.cancel()
        await asyncio.wait({running, stopping})
