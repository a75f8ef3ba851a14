"""The Temporal server of a local service, started again on its database whenever it ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from schemas.errors import WorkerPoolUnavailable
from workers.back_off import NEEDED_BY_ALL_SECONDS, BackOff
from workers.dev_server import (
    DevServer,
    free_port,
    is_free,
    server_address,
    start_dev_server,
    stop_dev_server,
    web_ui_url,
)
from workers.log_tail import LogTail
from workers.service_record import RestlessProcess, ServiceProcess
from workers.state_folder import StateFolder
from workers.temporal_connection import TemporalTarget

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """Which server to run, on which ports."""

    temporal_binary: Path
    port: int
    ui_port: int | None
    ports_are_fixed: bool = False
    """Whether the user named a port; else another free one does as well."""


@dataclass(slots=True)
class KeptServer:
    """One server and its life."""

    state: StateFolder
    plan: ServerPlan
    _server: DevServer | None = None
    _log_begin: int = 0
    _last_words: int = 0
    _back_off: BackOff = field(default_factory=lambda: BackOff(longest_seconds=NEEDED_BY_ALL_SECONDS))

    @property
    def target(self) -> TemporalTarget:
        """Return where it is reached, whether it runs at the moment or not."""
        return TemporalTarget(server_address(self.plan.port), ui_url=web_ui_url(self.plan.ui_port))

    def process(self) -> ServiceProcess | None:
        """Return its process, None when it was not started or was seen to have ended."""
        if self._server is None:
            return None
        return ServiceProcess(
            role="server", pid=self._server.pid, start_time=self._server.start_time, name="server"
        )

    async def start(self, now: float) -> None:
        """Start it for the first time.

        Raises:
            WorkerPoolUnavailable: it cannot be started, and other ports would not help or are not wanted.
        """
        try:
            await self._start(now)
        except WorkerPoolUnavailable:
            ports = [port for port in (self.plan.port, self.plan.ui_port) if port is not None]
            if self.plan.ports_are_fixed or all(is_free(port) for port in ports):
                raise
            # Somebody took a port between the look at it and its use.
            self.plan = replace(self.plan, port=free_port(), ui_port=free_port())
            await self._start(now)

    async def keep_running(self, now: float) -> None:
        """Start it again when it has ended and that is due."""
        process = self.process()
        if process is not None:
            if process.alive():
                return
            log.warning("the server ended", action="ended")
            self._server, self._last_words = None, self._log_begin
            self._back_off.ended(now)
            return
        if not self._back_off.is_due(now):
            return
        try:
            await self._start(now)
        except WorkerPoolUnavailable as error:
            self._last_words = self._log_begin
            self._back_off.failed_to_start(now)
            log.warning("the server did not start, another try follows", action="fail", error=str(error))

    def restless(self, now: float) -> tuple[RestlessProcess, ...]:
        """Return it if it ends again and again."""
        if self._back_off.does_not_stay(now, runs=self._server is not None):
            times, begin = self._back_off.failures, self._last_words
            return (RestlessProcess(name="server", times=times, log_begin=begin),)
        return ()

    def end(self) -> None:
        """End it."""
        if self._server is not None:
            stop_dev_server(self._server)

    async def _start(self, now: float) -> None:
        self._log_begin = LogTail.from_now_on(self.state.log("server")).said_before
        self._server = await start_dev_server(
            self.plan.temporal_binary,
            port=self.plan.port,
            ui_port=self.plan.ui_port,
            database=self.state.database,
            log_path=self.state.log("server"),
        )
        self._back_off.begun(now)
        log.info("server started", action="start", address=self._server.address)
