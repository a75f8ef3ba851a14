"""The one door to processes: whatever starts, asks about or ends a process imports it from here.

| what | how |
|---|---|
| a check, an agent, any command of a user | `await run_command(Command(...))`: its whole tree ends with it |
| git, a version probe | `run_short(argv, cwd)`: answers at once, and without a supervisor |
| a server or a worker that outlives us | `spawn_daemon(...)`, later `is_alive`, `end_process`, `end_tree` |
| what a killed worker left behind | `end_survivors(record_folder)` |
"""

from __future__ import annotations

from planner.machine.daemons import spawn_daemon
from planner.machine.process_endings import end_process, end_tree
from planner.machine.process_environment import command_environment, looks_secret
from planner.machine.process_faults import (
    CommandNotStarted,
    ShortCommandFailed,
    SupervisorLost,
    SurvivorsRemain,
)
from planner.machine.process_survivors import EndedSurvivor, end_survivors
from planner.machine.process_table import ProcessIdentity, is_alive, process_start_time
from planner.machine.progress_line import ProgressLine
from planner.machine.short_command import ShortResult, run_short
from planner.machine.supervised_command import Command, CommandResult, run_command

__all__ = [
    "Command",
    "CommandNotStarted",
    "CommandResult",
    "EndedSurvivor",
    "ProcessIdentity",
    "ProgressLine",
    "ShortCommandFailed",
    "ShortResult",
    "SupervisorLost",
    "SurvivorsRemain",
    "command_environment",
    "end_process",
    "end_survivors",
    "end_tree",
    "is_alive",
    "looks_secret",
    "process_start_time",
    "run_command",
    "run_short",
    "spawn_daemon",
]
