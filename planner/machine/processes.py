"""The one door to processes: whatever starts, asks about or ends a process imports it from here.

| what | how |
|---|---|
| a check, an agent, any command of a user | `await run_command(Command(...))`: its whole tree ends with it |
| git, a version probe | `run_short(argv, cwd)`: answers at once, and without a supervisor |
| a server or a worker that outlives us | `spawn_daemon(...)`, later `is_alive`, `end_process`, `end_tree` |
| what runs and is in no record | `marked_processes(variable, value)`, `running_below(...)`, later `end_all` |
| what a killed worker left behind | `end_survivors(record_folder)` |
"""

from __future__ import annotations

from planner.machine.daemons import spawn_daemon
from planner.machine.process_endings import end_all, end_everything, end_process, end_tree
from planner.machine.process_environment import command_environment, looks_secret
from planner.machine.process_faults import (
    CommandNotStarted,
    ShortCommandFailed,
    SupervisorLost,
    SurvivorsRemain,
)
from planner.machine.process_supervisor import boot_id
from planner.machine.process_survivors import EndedSurvivor, end_survivors
from planner.machine.process_table import (
    ProcessIdentity,
    is_alive,
    marked_processes,
    process_start_time,
    running_below,
)
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
    "boot_id",
    "command_environment",
    "end_all",
    "end_everything",
    "end_process",
    "end_survivors",
    "end_tree",
    "is_alive",
    "looks_secret",
    "marked_processes",
    "process_start_time",
    "run_command",
    "run_short",
    "running_below",
    "spawn_daemon",
]
