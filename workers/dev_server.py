"""Starts and stops a local Temporal development server that keeps its database in a file."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from planner.machine.processes import end_process, is_alive, spawn_daemon
from schemas.errors import WorkerPoolUnavailable

HOST = "127.0.0.1"
SEARCH_ATTRIBUTES = (
    ("TasksRunId", "Keyword"),
    ("TasksTaskId", "Keyword"),
    ("TasksPhase", "Keyword"),
    ("TasksWave", "Int"),
)

PORT_SECONDS = 3.0  # a killed server has ended before its last thread has let go of the port
READY_SECONDS = 30.0
POLL_SECONDS = 0.1
STOP_SECONDS = 10.0
SHOWN_LINES = 15


@dataclass(frozen=True, slots=True)
class DevServer:
    """A running server; pid and start_time (clock ticks since boot) name its process for certain."""

    pid: int
    start_time: int
    address: str
    ui_url: str | None


async def start_dev_server(
    binary: Path,
    *,
    port: int,
    ui_port: int | None,
    database: Path,
    log_path: Path,
    namespace: str = "default",
) -> DevServer:
    """Start a server on the loopback interface and return it when it answers.

    It is a process of its own that goes on after us. Started again on the same database, it knows all that it
    knew: with the write-ahead log, even a killed server loses nothing that it has confirmed.

    Args:
        binary: Temporal's command, from `find_temporal`.
        port: for workers and clients (gRPC).
        ui_port: for the Web UI; None starts none.
        database: a file of SQLite, made when it is absent.
        log_path: the server's output is appended to it.
        namespace: made when it is absent.

    Raises:
        WorkerPoolUnavailable: a port is in use, or the server ended or did not answer within 30 s.
    """
    for name, number in (("port", port), ("UI port", ui_port)):
        if number is not None:
            await _wait_until_free(name, number)
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    argv = server_argv(binary, port=port, ui_port=ui_port, database=database, namespace=namespace)
    process = spawn_daemon(argv, _server_environment(database.parent), log_path, database.parent)
    server = DevServer(
        pid=process.pid,
        start_time=process.start_time,
        address=f"{HOST}:{port}",
        ui_url=None if ui_port is None else f"http://{HOST}:{ui_port}",
    )
    try:
        await _wait_until_ready(server, namespace, log_path)
    except BaseException:
        stop_dev_server(server)
        raise
    return server


def stop_dev_server(server: DevServer) -> bool:
    """End the server, politely first; return whether it is gone. A server that has ended already is."""
    return end_process(server.pid, server.start_time, grace_seconds=STOP_SECONDS)


def server_argv(binary: Path, *, port: int, ui_port: int | None, database: Path, namespace: str) -> list[str]:
    """Return the command line of the server.

    With these two pragmas it does four times the work of the defaults, measured in child workflows.
    """
    argv = [str(binary), "server", "start-dev", "--ip", HOST, "--port", str(port), "--namespace", namespace]
    argv += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port), "--ui-disable-news-fetch"]
    argv += ["--db-filename", str(database)]
    for pragma in ("journal_mode=wal", "synchronous=normal"):
        argv += ["--sqlite-pragma", pragma]
    for name, kind in SEARCH_ATTRIBUTES:
        argv += ["--search-attribute", f"{name}={kind}"]
    return [*argv, "--log-format", "json", "--log-level", "warn"]


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Return whether a server could listen on this port of the loopback interface now."""
    with socket.socket() as probe:
        # As servers do: connections that a stopped server left behind do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _server_environment(home: Path) -> dict[str, str]:
    """Return what the server needs; above all none of our TEMPORAL_* variables, which are about clients."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "TZ") if name in os.environ}
    return {**kept, "HOME": str(home)}


async def _wait_until_free(name: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PORT_SECONDS
    while not is_free(port):
        if loop.time() >= deadline:
            raise _port_in_use(name, port)
        await asyncio.sleep(POLL_SECONDS)


async def _wait_until_ready(server: DevServer, namespace: str, log_path: Path) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_SECONDS
    while True:
        if not is_alive(server.pid, server.start_time):
            raise _not_started("ended while it started", log_path)
        if await _knows_namespace(server.address, namespace):
            return
        if loop.time() >= deadline:
            raise _not_started(f"did not answer within {READY_SECONDS:.0f} s", log_path)
        await asyncio.sleep(POLL_SECONDS)


async def _knows_namespace(address: str, namespace: str) -> bool:
    try:
        client = await asyncio.wait_for(Client.connect(address, namespace=namespace), READY_SECONDS)
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    except (RPCError, RuntimeError, TimeoutError):
        return False
    return True


def _not_started(what: str, log_path: Path) -> WorkerPoolUnavailable:
    text = log_path.read_text(encoding="utf-8", errors="replace") if log_path.exists() else ""
    last = "\n".join(text.strip().splitlines()[-SHOWN_LINES:])
    return WorkerPoolUnavailable(
        f"The Temporal server {what}. The end of its log:\n{last or '(empty)'}",
        hint=f"The whole log: {log_path}",
    )


def _port_in_use(name: str, port: int) -> WorkerPoolUnavailable:
    variable = "TASKS_PORT" if name == "port" else "TASKS_UI_PORT"
    return WorkerPoolUnavailable(
        f"The Temporal server cannot start: {name} {port} is in use.",
        hint=f"End the program that uses it, or set {variable} to another port.",
    )
