"""The local service: Temporal, the state folder, what runs, and on which ports."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Mapping

from schemas.errors import TasksError, WorkerPoolUnavailable
from schemas.settings import Settings
from workers.dev_server import is_free
from workers.health_check import Health, HealthCheck
from workers.restless_processes import restless_advice, restless_note
from workers.service_access import DEFAULT_PORT, DEFAULT_UI_PORT
from workers.service_record import ServiceRecord, marked_service_processes, read_service, running_service
from workers.state_folder import StateFolder, build_id, nearest_folder
from workers.temporal_binary import how_found, locate_temporal, read_version
from workers.temporal_connection import NAMING_VARIABLES, connect, named_address, names_a_server

ANSWER_SECONDS = 3.0


def temporal_check(environment: Mapping[str, str]) -> HealthCheck:
    """Return which Temporal is used, how it was found, and its version."""
    if names_a_server(environment):
        return _temporal_elsewhere(environment)
    try:
        found = locate_temporal(environment)
    except TasksError as error:
        return HealthCheck(name="temporal", status="problem", detail=error.message, advice=error.hint)
    if found is None:
        advice = (
            "nothing to do: `tasks up` downloads or builds it once; TASKS_TEMPORAL_CLI names one you have"
        )
        return HealthCheck(name="temporal", status="warning", detail="not found yet", advice=advice)
    version = read_version(found)
    if version is None:
        advice = f"remove it, and `tasks up` makes it anew: rm {found}"
        detail = f"{found} does not answer `--version`"
        return HealthCheck(name="temporal", status="problem", detail=detail, advice=advice)
    detail = f"{version} at {found} ({how_found(found, environment)})"
    return HealthCheck(name="temporal", status="ok", detail=detail)


def state_check(state: StateFolder) -> HealthCheck:
    """Return whether the state folder can be written; one that is absent is not made."""
    try:
        with tempfile.TemporaryFile(dir=nearest_folder(state.path)) as probe:
            probe.write(b"0")
            probe.flush()
        for file in (state.service_file, state.start_lock):
            if file.exists():
                file.open("r+b").close()
    except OSError as error:
        detail = f"{state.path} cannot be written: {error.strerror}"
        advice = "give yourself access to it, or name another folder with TASKS_STATE_DIR"
        return HealthCheck(name="state folder", status="problem", detail=detail, advice=advice)
    return HealthCheck(name="state folder", status="ok", detail=str(state.path))


def service_check(state: StateFolder) -> HealthCheck:
    """Return whether the local service runs, and as it should."""
    try:
        service, record = running_service(state), read_service(state)
        left = marked_service_processes(state) | {
            process.identity for process in (record.running() if record else ())
        }
    except OSError as error:
        advice = "give yourself access to it, or name another folder with TASKS_STATE_DIR"
        return HealthCheck(name="service", status="problem", detail=str(error), advice=advice)
    if service is not None:
        return _running_service(service, state)
    if left:
        pids = ", ".join(str(process.pid) for process in sorted(left, key=lambda process: process.pid))
        advice = "`tasks up` starts it anew, `tasks down` ends them"
        detail = f"its supervisor is gone, these processes of it are left: {pids}"
        return HealthCheck(name="service", status="warning", detail=detail, advice=advice)
    return HealthCheck(
        name="service", status="ok", detail="not running; every command that needs it starts it"
    )


def ports_check(state: StateFolder, settings: Settings, environment: Mapping[str, str]) -> HealthCheck:
    """Return whether the server has its ports, or could have them."""
    try:
        service = running_service(state)
    except OSError:
        service = None  # the state folder has a check of its own
    if service is not None and service.address is not None:
        detail = f"{service.address}, Web UI {service.ui_url}: in use by the local service"
        return HealthCheck(name="ports", status="ok", detail=detail)
    if names_a_server(environment):
        return HealthCheck(name="ports", status="ok", detail="none is needed: Temporal is elsewhere")
    wanted = {"TASKS_PORT": settings.server.port, "TASKS_UI_PORT": settings.server.ui_port}
    taken = [f"{variable}={port}" for variable, port in wanted.items() if port and not is_free(port)]
    if taken:
        advice = "end the program that uses it, or set another port"
        detail = f"taken by another program: {' '.join(taken)}"
        return HealthCheck(name="ports", status="problem", detail=detail, advice=advice)
    usual = {"TASKS_PORT": DEFAULT_PORT, "TASKS_UI_PORT": DEFAULT_UI_PORT}
    shown = [_port(wanted[variable], usual[variable]) for variable in wanted]
    return HealthCheck(name="ports", status="ok", detail=f"{shown[0]}, for the Web UI {shown[1]}")


def _port(wanted: int | None, usual: int) -> str:
    if wanted is not None:
        return f"{wanted} is free"
    return f"{usual} is free" if is_free(usual) else f"{usual} is taken, another will be used"


def _running_service(service: ServiceRecord, state: StateFolder) -> HealthCheck:
    running = service.running()
    shown = ", ".join(f"{process.name} {process.pid}" for process in running)
    if service.build != build_id():
        advice = "nothing to do: the next command that needs it replaces it"
        return HealthCheck(
            name="service", status="warning", detail=f"of another build: {shown}", advice=advice
        )
    if service.restless:
        up = {process.name for process in running}
        worst = max(service.restless, key=lambda process: (process.name not in up, process.times))
        detail, advice = restless_note(state, worst), restless_advice(state, worst)
        # One that was killed again and again runs by now; one that cannot live does not, most of the time.
        status: Health = "warning" if worst.name in up else "problem"
        return HealthCheck(name="service", status=status, detail=detail, advice=advice)
    if not service.ready or len(running) < len(service.processes):
        advice = f"look again; if that does not help, see {state.path / 'logs'}"
        return HealthCheck(
            name="service", status="warning", detail=f"not complete, being started: {shown}", advice=advice
        )
    if service.address is not None and not asyncio.run(_answers(service)):
        advice = "look again; if it stays so: `tasks down` ends it, and the next command starts it anew"
        detail = f"its server does not answer at {service.address}: {shown}"
        return HealthCheck(name="service", status="warning", detail=detail, advice=advice)
    return HealthCheck(name="service", status="ok", detail=f"running: {shown}")


async def _answers(service: ServiceRecord) -> bool:
    try:
        await asyncio.wait_for(connect(service.target(), patience_seconds=0), ANSWER_SECONDS)
    except (WorkerPoolUnavailable, TimeoutError):
        return False
    return True


def _temporal_elsewhere(environment: Mapping[str, str]) -> HealthCheck:
    named = next(name for name in NAMING_VARIABLES if environment.get(name))
    advice = f"correct {named}, or unset it to have a local server started"
    try:
        address = named_address()
        host, _, port = address.rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()
    except (OSError, ValueError, WorkerPoolUnavailable) as error:
        detail = f"the server that {named} names does not answer: {error}"
        return HealthCheck(name="temporal", status="problem", detail=detail, advice=advice)
    return HealthCheck(name="temporal", status="ok", detail=f"the server at {address}, named by {named}")
