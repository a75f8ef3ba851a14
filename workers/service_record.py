"""What the running local service says about itself; every command reads it to adopt the service."""

from __future__ import annotations

from typing import Literal

from planner.machine.processes import is_alive
from schemas.record import Record
from workers.state_folder import StateFolder, read_json, write_json
from workers.temporal_connection import TemporalTarget

Role = Literal["supervisor", "server", "control", "worker"]


class ServiceProcess(Record):
    """One process of the service; pid and start time together are never reused."""

    role: Role
    pid: int
    start_time: int
    name: str

    def alive(self) -> bool:
        """Return whether this very process still runs."""
        return is_alive(self.pid, self.start_time)


class ServiceRecord(Record):
    """The local service: its server (None when Temporal is elsewhere) and its processes."""

    build: str
    address: str | None
    namespace: str
    ui_url: str | None
    ready: bool
    processes: tuple[ServiceProcess, ...]

    @property
    def supervisor(self) -> ServiceProcess:
        """Return the process that watches the others."""
        return next(process for process in self.processes if process.role == "supervisor")

    def target(self) -> TemporalTarget:
        """Return the server to connect to."""
        return TemporalTarget(self.address, self.namespace, self.ui_url)


def read_service(state: StateFolder) -> ServiceRecord | None:
    """Return the record of the service that was started last, or None."""
    value = read_json(state.service_file)
    return None if value is None else ServiceRecord.model_validate(value)


def write_service(state: StateFolder, record: ServiceRecord) -> None:
    """Write the record for others to read."""
    write_json(state.service_file, record.model_dump(mode="json"))


class PoolSize(Record):
    """How many workers the service keeps."""

    workers: int


def wanted_pool(state: StateFolder, default: int) -> int:
    """Return the wanted number of workers."""
    value = read_json(state.pool_file)
    return default if value is None else PoolSize.model_validate(value).workers


def want_pool(state: StateFolder, workers: int) -> None:
    """Ask the service for at least this many workers."""
    if workers > wanted_pool(state, 0):
        write_json(state.pool_file, PoolSize(workers=workers).model_dump(mode="json"))
