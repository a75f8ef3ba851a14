"""What the running local service says about itself; every command reads it to adopt the service."""

from __future__ import annotations

import os
from typing import Literal

from pydantic import ValidationError

from planner.machine.processes import ProcessIdentity, boot_id, is_alive, marked_processes
from schemas.record import Record
from workers.state_folder import StateFolder, read_json, write_json
from workers.temporal_connection import TemporalTarget

Role = Literal["supervisor", "server", "control", "worker"]
SERVICE_VARIABLE = "TASKS_SERVICE"
"""Marks every process of a service with its state folder: what is in no record is found by it."""


class ServiceProcess(Record):
    """One process of the service; pid and start time together are never reused before the next boot."""

    role: Role
    pid: int
    start_time: int
    name: str

    @property
    def identity(self) -> ProcessIdentity:
        """Return who it is, for those that end it."""
        return ProcessIdentity(self.pid, self.start_time)

    def alive(self) -> bool:
        """Return whether this very process still runs; a record of another boot says nothing about that."""
        return is_alive(self.pid, self.start_time)


class RestlessProcess(Record):
    """A process that does not stay: it is started again and again, and does no work."""

    name: str
    times: int
    """How often it has ended in a row."""
    log_begin: int
    """Where in its log the last one that ended began, in bytes."""


class ServiceRecord(Record):
    """The local service: its server (no address when Temporal is elsewhere) and its processes."""

    boot: str
    build: str
    address: str | None
    namespace: str
    ui_url: str | None
    elsewhere: str | None = None
    """The address of a Temporal that is not ours, as its user named it when the service was started."""
    ready: bool
    processes: tuple[ServiceProcess, ...]
    restless: tuple[RestlessProcess, ...] = ()

    @property
    def supervisor(self) -> ServiceProcess:
        """Return the process that watches the others."""
        return next(process for process in self.processes if process.role == "supervisor")

    def running(self) -> tuple[ServiceProcess, ...]:
        """Return its processes that still run: none after a reboot, whoever has their pids now."""
        if self.boot != boot_id():
            return ()
        return tuple(process for process in self.processes if process.alive())

    def is_supervised(self) -> bool:
        """Return whether its supervisor still runs."""
        return self.supervisor in self.running()

    def target(self) -> TemporalTarget:
        """Return the server to connect to."""
        return TemporalTarget(self.address, self.namespace, self.ui_url)


def read_service(state: StateFolder) -> ServiceRecord | None:
    """Return the record of the service that was started last, or None.

    What another version of ours wrote may be no record to us; its processes are found by their mark.
    """
    value = read_json(state.service_file)
    try:
        return None if value is None else ServiceRecord.model_validate(value)
    except ValidationError:
        return None


def running_service(state: StateFolder) -> ServiceRecord | None:
    """Return the service whose supervisor is alive, or None."""
    record = read_service(state)
    return record if record is not None and record.is_supervised() else None


def service_mark(state: StateFolder) -> str:
    """Return the value of the mark of this service's processes, however its state folder was spelled."""
    return os.path.realpath(state.path)


def write_service(state: StateFolder, record: ServiceRecord) -> None:
    """Write the record for others to read."""
    # Without what is as usual: an older `tasks` that follows a run reads this too, and knows no newer field.
    write_json(state.service_file, record.model_dump(mode="json", exclude_defaults=True))


class PoolSize(Record):
    """How many workers the service keeps."""

    workers: int


def marked_service_processes(state: StateFolder) -> set[ProcessIdentity]:
    """Return what runs with the mark of this service, in its record or not; we ourselves do not count."""
    return marked_processes(SERVICE_VARIABLE, service_mark(state))


def wanted_pool(state: StateFolder, default: int) -> int:
    """Return the wanted number of workers."""
    value = read_json(state.pool_file)
    return default if value is None else PoolSize.model_validate(value).workers


def forget_pool(state: StateFolder) -> None:
    """Let the size of an earlier service count no more."""
    state.pool_file.unlink(missing_ok=True)


def want_pool(state: StateFolder, workers: int) -> None:
    """Ask the service for at least this many workers."""
    if workers > wanted_pool(state, 0):
        write_json(state.pool_file, PoolSize(workers=workers).model_dump(mode="json"))
