"""End processes for certain, and never the wrong one.

A pidfd stands for one process, however often its pid is used again. Waiting is waiting for
the kernel's word, not sleeping: a pidfd becomes readable when its process has ended.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Collection

from planner.machine.process_supervisor import KILL_PATIENCE_SECONDS
from planner.machine.process_table import (
    ProcessIdentity,
    is_alive,
    ourselves_and_above,
    read_process_table,
    session_members,
    with_descendants,
)

MOST_ROUNDS = 20  # processes that are started while we end others are found in the next round


def end_process(pid: int, start_time: int, grace_seconds: float = 5.0) -> bool:
    """End one process, by SIGTERM and after the grace by SIGKILL; return whether it is gone.

    Children of it are left alone: see `end_tree`.
    """
    return not end_all([ProcessIdentity(pid, start_time)], grace_seconds)


def end_tree(pid: int, start_time: int, grace_seconds: float = 5.0) -> bool:
    """End a process with all its descendants and its whole session; return whether all of them are gone.

    A descendant that has left the session and has lost its parent before the call cannot be recognised;
    commands that may do so run under `run_command`, whose supervisor stays their ancestor.
    """
    root = ProcessIdentity(pid, start_time)

    def members() -> set[ProcessIdentity]:
        table = read_process_table()
        roots = session_members(table, root)
        if is_alive(pid, start_time):
            roots.add(pid)
        pids = with_descendants(table, roots) - ourselves_and_above(table)
        return {row.identity for row in table.values() if row.running and row.identity.pid in pids}

    return not end_everything(members, grace_seconds)[1]


def end_everything(
    find: Callable[[], set[ProcessIdentity]], grace_seconds: float
) -> tuple[set[ProcessIdentity], set[ProcessIdentity]]:
    """End what is found, again until nothing new is found; return what was ended and what could not be."""
    seen: set[ProcessIdentity] = set()
    for round_number in range(MOST_ROUNDS):
        found = find()
        if not found:
            return seen, set()
        seen |= found
        remaining = end_all(found, grace_seconds if round_number == 0 else 0.0)
        if remaining:
            return seen - remaining, remaining
    remaining = find()
    return seen - remaining, remaining


def end_all(processes: Collection[ProcessIdentity], grace_seconds: float) -> set[ProcessIdentity]:
    """End processes together, by SIGTERM and after the grace by SIGKILL; return those that even so remain."""
    watched = {file: process for process in processes if (file := _open(process)) is not None}
    opened = list(watched)
    try:
        if grace_seconds > 0:
            _send(watched, signal.SIGTERM, signal.SIGCONT)
            _wait(watched, grace_seconds)
        _send(watched, signal.SIGKILL)
        _wait(watched, KILL_PATIENCE_SECONDS)
        return set(watched.values())
    finally:
        for file in opened:
            os.close(file)


def _open(process: ProcessIdentity) -> int | None:
    """Return a pidfd of the process, None if it has ended."""
    try:
        file = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return None
    # Looked at only now: from here on the pidfd stands for whoever had the pid at that moment.
    if is_alive(process.pid, process.start_time):
        return file
    os.close(file)
    return None


def _send(watched: Collection[int], *signals: int) -> None:
    for file in watched:
        for number in signals:
            try:
                signal.pidfd_send_signal(file, number)
            except (ProcessLookupError, PermissionError):
                break  # it has ended, or it is not ours to end: then it is among those that remain


def _wait(watched: dict[int, ProcessIdentity], seconds: float) -> None:
    """Wait until all have ended or the time is over; take those that have ended out."""
    poll = select.poll()
    for file in watched:
        poll.register(file, select.POLLIN)
    until = time.monotonic() + seconds
    while watched and (left := until - time.monotonic()) > 0:
        for file, _ in poll.poll(left * 1000 + 1):
            poll.unregister(file)
            del watched[file]
