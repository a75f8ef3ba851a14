"""Who runs on this machine, read from /proc; a pid alone names nobody, because pids are used again."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.machine.process_supervisor import TOKEN_VARIABLE, read_stat

ENDED_STATES = "ZX"
ENVIRONMENT = slice(47, 49)  # where it begins and ends in memory: fields of proc(5) after the name
LONGEST_EXEC_SECONDS = 2.0  # a program that is read from a busy disk
SECONDS_BETWEEN_LOOKS = 0.001


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process for all time of this boot: a pid that was used again has another start time."""

    pid: int
    start_time: int
    """Clock ticks since the machine was booted."""


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One line of the table of processes."""

    identity: ProcessIdentity
    parent: int
    session: int
    running: bool
    """False for a zombie: it has ended, and only its parent has not looked yet."""


def process_start_time(pid: int) -> int | None:
    """Return when the process with this pid was started, in clock ticks since boot; None if there is none."""
    stat = read_stat(pid)
    return stat[3] if stat else None


def is_alive(pid: int, start_time: int) -> bool:
    """Return whether exactly this process still runs: not another one with its pid, and not a zombie."""
    stat = read_stat(pid)
    return stat is not None and stat[3] == start_time and stat[0] not in ENDED_STATES


def read_process_table() -> dict[int, ProcessRow]:
    """Return all processes by their pid, zombies included."""
    table: dict[int, ProcessRow] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - a path for each of hundreds of names, only to read the names
        if name.isdigit() and (stat := read_stat(int(name))):
            state, parent, session, start_time = stat
            identity = ProcessIdentity(int(name), start_time)
            table[identity.pid] = ProcessRow(identity, parent, session, state not in ENDED_STATES)
    return table


def with_descendants(table: Mapping[int, ProcessRow], roots: Collection[int]) -> set[int]:
    """Return the pids of these processes and of all below them."""
    children: dict[int, list[int]] = {}
    for pid, row in table.items():
        children.setdefault(row.parent, []).append(pid)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting.extend(children.get(pid, ()))
    return found


def session_members(table: Mapping[int, ProcessRow], leader: ProcessIdentity) -> set[int]:
    """Return the pids in the session that this process leads or has led."""
    present = table.get(leader.pid)
    # Linux uses a pid again only after the last member of the session of that number has ended.
    if present and present.identity != leader:
        return set()
    return {
        pid
        for pid, row in table.items()
        if row.session == leader.pid and row.identity.start_time >= leader.start_time
    }


def count_processes_of(user: int) -> int:
    """Return how many processes a user has; threads, which Linux counts too, are not counted."""
    count = 0
    for pid in read_process_table():
        try:
            count += Path(f"/proc/{pid}").stat().st_uid == user
        except OSError:
            continue  # it has ended meanwhile
    return count


def token_of(pid: int) -> str:
    """Return the token of the supervised command to which a process belongs; empty if none can be seen."""
    return variable_of(pid, TOKEN_VARIABLE)


def variable_of(pid: int, name: str) -> str:
    """Return a variable of the environment a process was started with; empty if it cannot be seen."""
    wanted = name.encode()
    deadline = time.monotonic() + LONGEST_EXEC_SECONDS
    try:
        entries = _environment(pid).split(b"\0")
        # A shell that reads its environment puts a zero in place of each `=` for a moment.
        while wanted in entries and time.monotonic() < deadline:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            entries = _environment(pid).split(b"\0")
    except OSError:
        return ""  # it has ended, or it belongs to another user
    found = next((entry for entry in entries if entry.startswith(wanted + b"=")), b"")
    return os.fsdecode(found.removeprefix(wanted + b"="))


def _environment(pid: int) -> bytes:
    """Return the environment of a process.

    While it becomes another program it has none for a moment, and reading the old one ends early.
    """
    folder = Path(f"/proc/{pid}")
    deadline = time.monotonic() + LONGEST_EXEC_SECONDS
    while True:
        begin, end = before = _environment_place(folder)
        found = (folder / "environ").read_bytes()
        whole = end != 0 and len(found) == end - begin and before == _environment_place(folder)
        if whole or time.monotonic() > deadline:
            return found
        (folder / "exe").readlink()  # an error for what never has one: a kernel thread, a zombie
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _environment_place(folder: Path) -> tuple[int, int]:
    """Return where in its memory a process keeps its environment; zeros while a program is loaded."""
    begin, end = (folder / "stat").read_bytes().rpartition(b")")[2].split()[ENVIRONMENT]
    return int(begin), int(end)


def marked_processes(name: str, value: str) -> set[ProcessIdentity]:
    """Return what runs with this variable in its environment, except ourselves and what stands above us."""
    table = read_process_table()
    protected = ourselves_and_above(table)
    return {
        row.identity
        for pid, row in table.items()
        if row.running and pid not in protected and variable_of(pid, name) == value
    }


def running_below(processes: Collection[ProcessIdentity]) -> set[ProcessIdentity]:
    """Return what runs below these processes, without themselves, ourselves and what stands above us."""
    table = read_process_table()
    roots = {
        process.pid for process in processes if (row := table.get(process.pid)) and row.identity == process
    }
    pids = with_descendants(table, roots) - roots - ourselves_and_above(table)
    return {row.identity for pid, row in table.items() if row.running and pid in pids}


def ourselves_and_above(table: Mapping[int, ProcessRow]) -> set[int]:
    """Return the pids that must never be ended by us: our own and those of all our ancestors."""
    protected: set[int] = set()
    pid = os.getpid()
    while pid in table and pid not in protected:
        protected.add(pid)
        pid = table[pid].parent
    return protected
