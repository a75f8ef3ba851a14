"""A real process that stands in for one of the service: how it takes a signal is its script's affair."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from planner.machine.processes import ProcessIdentity, boot_id, end_tree, is_alive, spawn_daemon
from tests.end_to_end.waiting import wait_until
from workers.service_record import Role, ServiceProcess, ServiceRecord

STUBBORN = "trap '' TERM; echo up; while :; do sleep 1000 & wait; done"
PATIENT = "echo up; exec sleep 1000"


@dataclass(frozen=True, slots=True)
class DaemonProcess:
    """Who it is, and the file that it writes to."""

    identity: ProcessIdentity
    log: Path

    def alive(self) -> bool:
        return is_alive(self.identity.pid, self.identity.start_time)

    def as_service(self, role: Role) -> ServiceProcess:
        return ServiceProcess(
            role=role, pid=self.identity.pid, start_time=self.identity.start_time, name=role
        )


@contextmanager
def daemon_process(
    folder: Path, script: str = PATIENT, mark: Mapping[str, str] | None = None
) -> Iterator[DaemonProcess]:
    """Yield a process that has said that it is up; whatever becomes of it, nothing is left of it."""
    log = folder / f"{len(list(folder.glob('*.daemon')))}.daemon"
    environment = {"PATH": os.environ["PATH"], **(mark or {})}
    identity = spawn_daemon(["bash", "-c", script], environment, log, folder)
    process = DaemonProcess(identity, log)
    try:
        wait_until(lambda: "up" in log.read_text(), "the process says that it is up")
        yield process
    finally:
        end_tree(identity.pid, identity.start_time, 0)


def record_of(*processes: ServiceProcess, boot: str | None = None, ready: bool = True) -> ServiceRecord:
    """Return the record of a service that consists of these processes."""
    return ServiceRecord(
        boot=boot or boot_id(),
        build="0",
        address=None,
        namespace="default",
        ui_url=None,
        ready=ready,
        processes=processes,
    )
