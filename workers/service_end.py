"""Ending the local service so that nothing of it is left, recorded or not, healthy or not."""

from __future__ import annotations

import os

from planner.machine.processes import (
    ProcessIdentity,
    end_all,
    end_everything,
    running_below,
)
from schemas.errors import WorkerPoolUnavailable
from workers.service_record import Role, marked_service_processes, read_service
from workers.state_folder import StateFolder

WORKER_GRACE_SECONDS = 10.0
SERVER_GRACE_SECONDS = 10.0
COMMAND_GRACE_SECONDS = 5.0
# A supervisor ends its workers, then its server; and killing may take a moment too.
SUPERVISOR_GRACE_SECONDS = WORKER_GRACE_SECONDS + SERVER_GRACE_SECONDS + 10.0

ENDING_ORDER: tuple[tuple[frozenset[Role], float], ...] = (
    (frozenset({"supervisor"}), SUPERVISOR_GRACE_SECONDS),
    (frozenset({"worker", "control"}), WORKER_GRACE_SECONDS),
    (frozenset({"server"}), SERVER_GRACE_SECONDS),
)


def end_service(state: StateFolder) -> bool:
    """End the service of a state folder, supervisor first; return whether anything was running.

    A supervisor ends its own processes. What a killed or hanging one leaves is ended here, the server last:
    first what the record names, then what carries the mark of the service and is in no record (the supervisor
    died before it could write it down), then the commands of tasks that outlived their worker.

    Raises:
        WorkerPoolUnavailable: some process cannot be ended; the message holds the pids.
    """
    record = read_service(state)
    recorded = [process for process in record.running() if process.pid != os.getpid()] if record else []
    ours = {process.identity for process in recorded} | marked_service_processes(state)
    commands = running_below(ours) - ours
    remaining: set[ProcessIdentity] = set()
    for roles, grace in ENDING_ORDER:
        remaining |= end_all({each.identity for each in recorded if each.role in roles}, grace)
    remaining |= end_everything(lambda: marked_service_processes(state) - remaining, WORKER_GRACE_SECONDS)[1]
    remaining |= end_all(commands, COMMAND_GRACE_SECONDS)
    if remaining:
        raise _unending(remaining)
    if record is None or record.supervisor.pid != os.getpid():
        state.service_file.unlink(missing_ok=True)
    return bool(ours)


def _unending(remaining: set[ProcessIdentity]) -> WorkerPoolUnavailable:
    pids = " ".join(str(process.pid) for process in sorted(remaining, key=lambda process: process.pid))
    return WorkerPoolUnavailable(
        f"the local service cannot be stopped: these processes do not end: {pids}",
        hint=f"they may belong to another user, or hang in the kernel; look at them: ps -fp {pids}",
    )
