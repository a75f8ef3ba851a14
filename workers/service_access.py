"""How every command gets at the service: adopt the running one, or start it in the background."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from planner.machine.processes import ProcessIdentity, is_alive, spawn_daemon
from schemas.errors import WorkerPoolUnavailable
from schemas.settings import Settings
from workers.dev_server import free_port, is_free
from workers.log_tail import LogTail
from workers.service_end import end_service
from workers.service_record import (
    SERVICE_VARIABLE,
    ServiceRecord,
    forget_pool,
    running_service,
    service_mark,
    want_pool,
    wanted_pool,
)
from workers.settings import as_variables
from workers.state_folder import StateFolder, build_id, shortage, using_state
from workers.temporal_binary import find_temporal
from workers.temporal_connection import named_address, names_a_server

START_DEADLINE_SECONDS = 90.0
LOOK_SECONDS = 0.05
LAST_LINES = 5
DEFAULT_PORT = 7233
DEFAULT_UI_PORT = 8233


def ensure_service(
    state: StateFolder, settings: Settings, say: Callable[[str], None], *, workers: int | None = None
) -> ServiceRecord:
    """Return the running service, started or replaced when needed.

    Raises:
        WorkerPoolUnavailable: when it does not become ready (names the log and its last lines), or when the
            state folder cannot be used, or when the service is for another Temporal than the one named now.
    """
    with using_state(state):
        state.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(state.start_lock):
            running = running_service(state)
            if running is not None:
                _check_it_serves_what_is_named(running, state)
            wanted = workers or settings.execute.worker_min
            if running is not None and running.build == build_id():
                want_pool(state, wanted)
                return _Starting(
                    state, running.supervisor.identity, LogTail(state.log("supervisor"))
                ).wait_until_ready()
            if running is not None:
                say("the local service is of another build: it is replaced, running tasks go on afterwards")
                wanted = max(wanted, wanted_pool(state, wanted))
            end_service(state)
            forget_pool(state)
            want_pool(state, wanted)
            return _start(state, settings, say)


def serve_ports(settings: Settings) -> tuple[int, int]:
    """Return the ports of the server and its Web UI: the usual ones, or free ones when these are taken."""
    port = settings.server.port or (DEFAULT_PORT if is_free(DEFAULT_PORT) else free_port())
    ui_port = settings.server.ui_port or (DEFAULT_UI_PORT if is_free(DEFAULT_UI_PORT) else free_port())
    return port, ui_port


def _check_it_serves_what_is_named(running: ServiceRecord, state: StateFolder) -> None:
    """Refuse a service of another Temporal: replacing it would stop the runs that it serves."""
    named = named_address() if names_a_server(os.environ) else None
    if named is None and running.elsewhere is None:
        return
    if named == (running.elsewhere or running.address):
        return
    serves = running.elsewhere or f"{running.address}, a server of its own"
    asked = f"Temporal at {named} is asked for" if named else "no other Temporal is asked for now"
    raise WorkerPoolUnavailable(
        f"the local service in {state.path} serves {serves}, but {asked}",
        hint="stop it with `tasks down`, or set TEMPORAL_ADDRESS as it was, "
        "or name another folder with TASKS_STATE_DIR",
    )


def _start(state: StateFolder, settings: Settings, say: Callable[[str], None]) -> ServiceRecord:
    argv = [sys.executable, "-I", "-m", "tasks_cli", "up", "--foreground"]
    if not names_a_server(os.environ):
        binary: Path = find_temporal(os.environ, say)
        argv += ["--temporal", str(binary)]
    say("starting the local service")
    environment = {
        **os.environ,
        # The supervisor does not stand in the project's folder, where a file may say these.
        **as_variables(settings, "server", "execute"),
        "TASKS_STATE_DIR": str(state.path),
        SERVICE_VARIABLE: service_mark(state),
    }
    log = state.log("supervisor")
    tail = LogTail.from_now_on(log)
    supervisor = spawn_daemon(argv, environment, log, state.path)
    try:
        return _Starting(state, supervisor, tail).wait_until_ready()
    except WorkerPoolUnavailable:
        end_service(state)  # a supervisor that was killed leaves its server, one that hangs leaves itself
        raise


@dataclass(frozen=True, slots=True)
class _Starting:
    """A service that has a supervisor and may not be ready yet."""

    state: StateFolder
    supervisor: ProcessIdentity
    log: LogTail

    def wait_until_ready(self) -> ServiceRecord:
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while is_alive(self.supervisor.pid, self.supervisor.start_time):
            record = running_service(self.state)
            if record is not None and record.ready and record.supervisor.identity == self.supervisor:
                return record
            if time.monotonic() >= deadline:
                raise self._failure(f"did not become ready within {START_DEADLINE_SECONDS:.0f} s")
            time.sleep(LOOK_SECONDS)
        raise self._failure("ended while it started")

    def _failure(self, what: str) -> WorkerPoolUnavailable:
        return WorkerPoolUnavailable(
            f"the local service {what}. The end of its log:\n{self.log.last(LAST_LINES)}",
            hint=f"{shortage(self.state)}the whole log is {self.log.path}; "
            "`tasks doctor` explains what is missing, `tasks down` ends what is left",
        )
