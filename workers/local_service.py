"""The local service: one supervisor process that keeps a server and the workers running."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from planner.machine.processes import end_process, process_start_time
from schemas.errors import WorkerPoolUnavailable
from schemas.settings import Settings
from workers.dev_server import DevServer, free_port, start_dev_server, stop_dev_server
from workers.kept_processes import END_GRACE_SECONDS, KeptProcesses
from workers.service_record import (
    Role,
    ServiceProcess,
    ServiceRecord,
    read_service,
    wanted_pool,
    write_service,
)
from workers.state_folder import StateFolder, build_id
from workers.temporal_connection import TemporalTarget, connect

LOOK_SECONDS = 0.5
SOURCE_ROOT = Path(__file__).resolve().parents[1]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """What to run: with a binary a local server on these ports, else workers for a server elsewhere."""

    temporal_binary: Path | None
    port: int
    ui_port: int | None
    ports_are_fixed: bool = False
    """Whether the user named a port; else another free one does as well."""


@dataclass(slots=True)
class LocalService:
    """The supervisor's state; `run` is its life."""

    state: StateFolder
    settings: Settings
    plan: ServicePlan
    server: DevServer | None = None
    kept: KeptProcesses | None = None
    ready: bool = False

    async def run(self, stop: asyncio.Event) -> None:
        """Start everything, keep it running until told to stop, then end it: workers first, server last."""
        end_service(self.state)
        loop = asyncio.get_running_loop()
        try:
            await self._first_server()
            self._write()
            await connect(_target(self.server))
            kept = self.kept = KeptProcesses(self.state, _environment(self.state, self.server))
            while not stop.is_set():
                kept.want(wanted_pool(self.state, self.settings.execute.worker_min))
                changed = await self._server_kept_running()
                if kept.keep_running(loop.time()) or changed or not self.ready:
                    self.ready = True
                    self._write()
                await _wait(stop, LOOK_SECONDS)
        finally:
            await asyncio.to_thread(self._end)

    async def _first_server(self) -> None:
        try:
            await self._start_server()
        except WorkerPoolUnavailable:
            if self.plan.ports_are_fixed:
                raise
            # Somebody took a port between the look at it and its use.
            self.plan = replace(self.plan, port=free_port(), ui_port=free_port())
            await self._start_server()

    async def _start_server(self) -> None:
        if self.plan.temporal_binary is None:
            return
        self.server = await start_dev_server(
            self.plan.temporal_binary,
            port=self.plan.port,
            ui_port=self.plan.ui_port,
            database=self.state.database,
            log_path=self.state.log("server"),
        )
        log.info("server started", action="start", address=self.server.address)

    async def _server_kept_running(self) -> bool:
        """Start the server again on its database when it has ended; return whether that was needed."""
        if self.server is None or self._server_process().alive():
            return False
        log.warning("the server ended and is started again", action="restart")
        try:
            await self._start_server()
        except WorkerPoolUnavailable as error:
            log.warning("the server did not start, another try follows", action="fail", error=str(error))
        return True

    def _server_process(self) -> ServiceProcess:
        assert self.server is not None  # noqa: S101 - called only with a server; tells mypy
        return ServiceProcess(
            role="server", pid=self.server.pid, start_time=self.server.start_time, name="server"
        )

    def _processes(self) -> Iterator[ServiceProcess]:
        pid = os.getpid()
        yield ServiceProcess(
            role="supervisor", pid=pid, start_time=process_start_time(pid) or 0, name="supervisor"
        )
        if self.server is not None:
            yield self._server_process()
        if self.kept is not None:
            yield from self.kept.running()

    def _write(self) -> None:
        target = _target(self.server)
        record = ServiceRecord(
            build=build_id(SOURCE_ROOT),
            address=target.local_address,
            namespace=target.namespace,
            ui_url=target.ui_url,
            ready=self.ready,
            processes=tuple(self._processes()),
        )
        write_service(self.state, record)

    def _end(self) -> None:
        if self.kept is not None:
            self.kept.end()
        if self.server is not None:
            stop_dev_server(self.server)
        self.state.service_file.unlink(missing_ok=True)
        self.state.pool_file.unlink(missing_ok=True)


def _environment(state: StateFolder, server: DevServer | None) -> dict[str, str]:
    environment = {**os.environ, "TASKS_STATE_DIR": str(state.path)}
    return environment if server is None else {**environment, "TEMPORAL_ADDRESS": server.address}


def _target(server: DevServer | None) -> TemporalTarget:
    return TemporalTarget() if server is None else TemporalTarget(server.address, ui_url=server.ui_url)


def end_service(state: StateFolder) -> bool:
    """End the service that is recorded, supervisor first; return whether anything was running.

    A supervisor ends its own processes; those that a killed one left are ended here, the server last.
    """
    record = read_service(state)
    if record is None:
        return False
    running = [process for process in record.processes if process.alive()]
    order: tuple[Role, ...] = ("supervisor", "worker", "control", "server")
    for process in sorted(running, key=lambda process: order.index(process.role)):
        if process.pid != os.getpid():
            end_process(process.pid, process.start_time, 3 * END_GRACE_SECONDS)
    state.service_file.unlink(missing_ok=True)
    return bool(running)


def stop_on_signals(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
