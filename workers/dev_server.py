"""Starts and stops a local Temporal development server that keeps its database in a file."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from planner.machine.listening_ports import listens_on
from planner.machine.processes import (
    CommandNotStarted,
    ProcessIdentity,
    end_process,
    is_alive,
    spawn_daemon,
)
from schemas.errors import WorkerPoolUnavailable
from workers.log_tail import LogTail
from workers.service_record import SERVICE_VARIABLE

HOST = "127.0.0.1"
# How often a second a server looks for what is to be handed out. Its own 20 times are meant for hundreds of
# shards; with the one of a development server every step waits (`benchmarks/overhead.py --at-once 1`).
LOOKS_A_SECOND = 200
PRAGMAS = ("journal_mode=wal", "synchronous=normal")
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
PASSED_ON = ("PATH", "TMPDIR", "TZ")


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
    await _wait_until_free(port, ui_port)
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    argv = server_argv(binary, port=port, ui_port=ui_port, database=database, namespace=namespace)
    log = LogTail.from_now_on(log_path)
    process = _spawn(argv, log_path, database.parent)
    server = DevServer(
        pid=process.pid,
        start_time=process.start_time,
        address=server_address(port),
        ui_url=web_ui_url(ui_port),
    )
    try:
        await _wait_until_ready(server, port, namespace, log)
    except WorkerPoolUnavailable:
        stop_dev_server(server)
        await _wait_until_free(port, ui_port)  # did somebody take a port between our look and its use?
        raise
    except BaseException:
        stop_dev_server(server)
        raise
    return server


def _spawn(argv: Sequence[str], log_path: Path, folder: Path) -> ProcessIdentity:
    try:
        # Its standard output is a greeting; a server that cannot write that, on a full disk, ends itself.
        return spawn_daemon(argv, _server_environment(folder), log_path, folder, only_errors=True)
    except CommandNotStarted as error:
        raise WorkerPoolUnavailable(error.message, hint=error.hint) from error


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
    for pragma in PRAGMAS:
        argv += ["--sqlite-pragma", pragma]
    argv += ["--dynamic-config-value", f"history.transferProcessorMaxPollRPS={LOOKS_A_SECOND}"]
    for name, kind in SEARCH_ATTRIBUTES:
        argv += ["--search-attribute", f"{name}={kind}"]
    return [*argv, "--log-format", "json", "--log-level", "warn"]


def server_address(port: int) -> str:
    """Return where workers and clients reach a server with this port."""
    return f"{HOST}:{port}"


def web_ui_url(ui_port: int | None) -> str | None:
    """Return where a browser reaches the Web UI with this port."""
    return None if ui_port is None else f"http://{HOST}:{ui_port}"


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
    """Return what the server needs; above all none of our TEMPORAL_* variables, which are about clients.

    The mark of our service is passed on: a server whose supervisor died is found by it.
    """
    kept = {name: os.environ[name] for name in (*PASSED_ON, SERVICE_VARIABLE) if name in os.environ}
    return {**kept, "HOME": str(home)}


async def _wait_until_free(port: int, ui_port: int | None) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PORT_SECONDS
    for name, number in (("port", port), ("UI port", ui_port)):
        while number is not None and not is_free(number):
            if loop.time() >= deadline:
                raise _port_in_use(name, number)
            await asyncio.sleep(POLL_SECONDS)


async def _wait_until_ready(server: DevServer, port: int, namespace: str, log: LogTail) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_SECONDS
    while True:
        if not is_alive(server.pid, server.start_time):
            raise _not_started(log, "ended while it started")
        # Somebody else's server may have been quicker to take the port; its answer would not be ours.
        if listens_on(server.pid, port) and await _knows_namespace(server.address, namespace):
            return
        if loop.time() >= deadline:
            raise _not_started(log, f"did not answer within {READY_SECONDS:.0f} s")
        await asyncio.sleep(POLL_SECONDS)


async def _knows_namespace(address: str, namespace: str) -> bool:
    try:
        client = await asyncio.wait_for(Client.connect(address, namespace=namespace), READY_SECONDS)
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    except (RPCError, RuntimeError, TimeoutError):
        return False
    return True


def _not_started(log: LogTail, what: str) -> WorkerPoolUnavailable:
    return WorkerPoolUnavailable(
        f"The Temporal server {what}. The end of its log:\n{log.last(SHOWN_LINES)}",
        hint=f"The whole log: {log.path}",
    )


def _port_in_use(name: str, port: int) -> WorkerPoolUnavailable:
    variable = "TASKS_PORT" if name == "port" else "TASKS_UI_PORT"
    return WorkerPoolUnavailable(
        f"The Temporal server cannot start: {name} {port} is in use.",
        hint=f"End the program that uses it, or set {variable} to another port.",
    )
