"""Who is killed: the processes of the local service, and those between a worker and a command."""

from __future__ import annotations

import os
import random
import select
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from planner.machine import process_supervisor
from planner.machine.process_supervisor import read_file, read_stat
from tests.end_to_end.user_machine import UserMachine

Target = Literal[
    "worker", "control-worker", "server", "command-supervisor", "service-supervisor", "everything"
]
TARGETS: tuple[Target, ...] = (
    "worker",
    "control-worker",
    "server",
    "command-supervisor",
    "service-supervisor",
    "everything",
)
NEEDS_A_COMMAND: frozenset[Target] = frozenset({"service-supervisor", "everything"})
"""After these nobody is left who starts again what died: the next command of the user does."""
ROLES = ("supervisor", "server", "control", "worker")


@dataclass(frozen=True, slots=True)
class ServicePids:
    """The processes of the local service, by role, as `tasks doctor` named them at one moment."""

    by_role: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, machine: UserMachine) -> ServicePids:
        """Ask `tasks doctor`."""
        rows = machine.json("doctor")["processes"]
        return cls({role: tuple(row["pid"] for row in rows if row["role"] == role) for role in ROLES})

    def all(self) -> set[int]:
        """Return every pid of the service."""
        return {pid for pids in self.by_role.values() for pid in pids}

    def worker_above(self, pid: int) -> int:
        """Return the worker process that stands above a running command."""
        for above in _ancestors(pid):
            if above in self.by_role["worker"]:
                return above
        raise AssertionError("the command does not run below a worker")


def pids_to_kill(
    target: Target, service: ServicePids, held: Sequence[int], beside: Sequence[int]
) -> set[int]:
    """Return whom to kill, so that what runs under `held` is hit.

    Args:
        target: which kind of process.
        service: the processes of the service.
        held: the executions that the kill is about.
        beside: executions that run under a supervisor in any case; theirs is killed for those among `held`
            that have none: a review, and the git that moves a branch, are run by the worker itself.
    """
    match target:
        case "worker":
            return {service.worker_above(pid) for pid in held}
        case "control-worker":
            return set(service.by_role["control"])
        case "server":
            return set(service.by_role["server"])
        case "service-supervisor":
            return set(service.by_role["supervisor"])
        case "command-supervisor":
            found = {supervisor_above(pid) for pid in held}
            if None in found:
                found |= {supervisor_above(pid) for pid in beside}
            return {pid for pid in found if pid is not None}
        case "everything":
            between = {supervisor_above(pid) for pid in (*held, *beside)}
            return service.all() | {pid for pid in between if pid is not None}


def supervisor_above(pid: int) -> int | None:
    """Return the supervisor of the command that a process belongs to; None when it has none."""
    for above in _ancestors(pid):
        if process_supervisor.__file__.encode() in read_file(f"/proc/{above}/cmdline").split(b"\0"):
            return above
    return None


def kill_all(pids: set[int]) -> None:
    """Send SIGKILL to all of them, as close together as one process can; who has just ended is past it."""
    for pid in sorted(pids):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_a_moment(chance: random.Random, longest_seconds: float) -> float:
    """Let a random time go by, so that the kill meets an execution at any point of its life; return it."""
    delay = chance.uniform(0, longest_seconds)
    reading, writing = os.pipe()
    select.select([reading], [], [], delay)
    os.close(reading)
    os.close(writing)
    return delay


def _ancestors(pid: int) -> Iterator[int]:
    """Yield the processes above one, nearest first, itself included."""
    while pid > 1 and (stat := read_stat(pid)):
        yield pid
        pid = stat[1]
