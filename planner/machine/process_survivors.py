"""Find and end what outlived its supervisor: the one case in which a command's processes are left alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from planner.machine.process_endings import end_all, end_everything
from planner.machine.process_faults import SurvivorsRemain
from planner.machine.process_supervisor import KILL_PATIENCE_SECONDS, boot_id
from planner.machine.process_table import (
    ProcessIdentity,
    is_alive,
    ourselves_and_above,
    read_process_table,
    session_members,
    token_of,
    with_descendants,
)

SURVIVOR_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class EndedSurvivor:
    """One process that was ended, of which command, and what the command was."""

    process: ProcessIdentity
    token: str
    program: str


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """What a supervisor wrote down about its command before the command could do anything."""

    token: str
    program: str = ""
    boot: str = ""
    grace_seconds: float = 0.0
    supervisor: ProcessIdentity | None = None
    child: ProcessIdentity | None = None


def end_survivors(record_folder: Path, grace_seconds: float = SURVIVOR_GRACE_SECONDS) -> list[EndedSurvivor]:
    """End everything that still runs of the commands recorded in a folder, and remove the records.

    That includes commands whose owner is alive: call it only for a folder that nobody uses any more.

    Args:
        record_folder: the `record_folder` of the commands; it need not exist.
        grace_seconds: how long a survivor may take to end by itself after SIGTERM.

    Returns:
        What was ended, supervisors included.

    Raises:
        SurvivorsRemain: some cannot be ended (they belong to another user, or hang in the kernel); their
            records are kept.
    """
    ended: list[EndedSurvivor] = []
    remaining: list[SurvivorsRemain] = []
    for path in sorted(record_folder.glob("*.json")):
        try:
            ended.extend(end_recorded(path, grace_seconds))
        except SurvivorsRemain as error:
            remaining.append(error)
    for unfinished in record_folder.glob("*.json.unfinished"):
        unfinished.unlink(missing_ok=True)  # its command was never let go
    if remaining:
        raise SurvivorsRemain("; ".join(error.message for error in remaining), hint=remaining[0].hint)
    return ended


def end_recorded(path: Path, grace_seconds: float = SURVIVOR_GRACE_SECONDS) -> list[EndedSurvivor]:
    """End everything that still runs of one recorded command, and remove its record.

    Raises:
        SurvivorsRemain: some of it cannot be ended; the record is kept.
    """
    try:
        record = _read(path)
    except FileNotFoundError:
        return []  # the tree has ended by itself
    ended = _end_supervisor(record)
    also_ended, remaining = end_everything(lambda: _survivors(record), grace_seconds)
    if remaining:
        pids = ", ".join(str(process.pid) for process in sorted(remaining, key=lambda process: process.pid))
        raise SurvivorsRemain(
            f"{record.program or 'a command'} was to be ended, but these processes of it remain: {pids}",
            hint=f"End them by hand (they may belong to another user), then try again. Recorded in {path}.",
        )
    path.unlink(missing_ok=True)
    return [EndedSurvivor(process, record.token, record.program) for process in (*ended, *also_ended)]


def _end_supervisor(record: ProcessRecord) -> list[ProcessIdentity]:
    """Let a supervisor that still lives end its tree: it knows every process of it; from here we guess."""
    supervisor = record.supervisor
    if not supervisor or record.boot != boot_id() or not is_alive(supervisor.pid, supervisor.start_time):
        return []
    end_all([supervisor], record.grace_seconds + KILL_PATIENCE_SECONDS + 1.0)
    return [supervisor]


def _survivors(record: ProcessRecord) -> set[ProcessIdentity]:
    """Return what still runs: the child, its session, whatever carries the token, and all below these."""
    table = read_process_table()
    protected = ourselves_and_above(table)
    roots = {pid for pid, row in table.items() if row.running and token_of(pid) == record.token}
    if record.child and record.boot == boot_id():
        roots |= session_members(table, record.child)
        if is_alive(record.child.pid, record.child.start_time):
            roots.add(record.child.pid)
    pids = with_descendants(table, roots - protected) - protected
    return {row.identity for pid, row in table.items() if row.running and pid in pids}


def _read(path: Path) -> ProcessRecord:
    """Return the record; of an unreadable one its file name still tells the token."""
    try:
        fields = json.loads(path.read_text("utf-8"))
        return ProcessRecord(
            token=path.stem,
            program=fields["program"],
            boot=fields["boot_id"],
            grace_seconds=fields["grace_seconds"],
            supervisor=ProcessIdentity(**fields["supervisor"]) if "supervisor" in fields else None,
            child=ProcessIdentity(**fields["child"]) if "child" in fields else None,
        )
    except (ValueError, KeyError, TypeError):
        return ProcessRecord(token=path.stem)
