"""How every command gets at the service: adopt the running one, or start it in the background."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from planner.machine.processes import is_alive, spawn_daemon
from schemas.errors import WorkerPoolUnavailable
from schemas.settings import Settings
from workers.dev_server import free_port, is_free
from workers.local_service import SOURCE_ROOT, end_service
from workers.service_record import ServiceRecord, read_service, want_pool
from workers.state_folder import StateFolder, build_id
from workers.temporal_binary import find_temporal
from workers.temporal_connection import names_a_server

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
        WorkerPoolUnavailable: when it does not become ready; names the log and its last lines.
    """
    state.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(state.start_lock):
        running = running_service(state)
        wanted = workers or settings.execute.worker_min
        if running is not None and running.build == build_id(SOURCE_ROOT):
            want_pool(state, wanted)
            return _wait_until_ready(state, None)
        if running is not None:
            say("the local service is of another build: it is replaced, running tasks go on afterwards")
        end_service(state)
        want_pool(state, wanted)
        return _start(state, say)


def running_service(state: StateFolder) -> ServiceRecord | None:
    """Return the service whose supervisor is alive, or None."""
    record = read_service(state)
    return record if record is not None and record.supervisor.alive() else None


def serve_ports(settings: Settings) -> tuple[int, int]:
    """Return the ports of the server and its Web UI: the usual ones, or free ones when these are taken."""
    port = settings.server.port or (DEFAULT_PORT if is_free(DEFAULT_PORT) else free_port())
    ui_port = settings.server.ui_port or (DEFAULT_UI_PORT if is_free(DEFAULT_UI_PORT) else free_port())
    return port, ui_port


def _start(state: StateFolder, say: Callable[[str], None]) -> ServiceRecord:
    argv = [sys.executable, "-I", "-m", "tasks_cli", "up", "--foreground"]
    if not names_a_server(os.environ):
        binary: Path = find_temporal(os.environ, say)
        argv += ["--temporal", str(binary)]
    say("starting the local service")
    environment = {**os.environ, "TASKS_STATE_DIR": str(state.path)}
    log = state.log("supervisor")
    supervisor = spawn_daemon(argv, environment, log, state.path)
    return _wait_until_ready(state, lambda: is_alive(supervisor.pid, supervisor.start_time))


def _wait_until_ready(state: StateFolder, alive: Callable[[], bool] | None) -> ServiceRecord:
    deadline = time.monotonic() + START_DEADLINE_SECONDS
    while time.monotonic() < deadline and (alive is None or alive()):
        record = running_service(state)
        if record is not None and record.ready:
            return record
        time.sleep(LOOK_SECONDS)
    log = state.log("supervisor")
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    raise WorkerPoolUnavailable(
        "the local service did not become ready:\n" + "\n".join(lines[-LAST_LINES:]),
        hint=f"the whole log is {log}; `tasks doctor` explains what is missing",
    )
