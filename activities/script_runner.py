"""Run one script or program in a worktree and keep its output: `sh -eu`, a deadline, its whole tree ended."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from activities.evidence_store import Evidence
from activities.script_environment import script_environment
from planner.machine.processes import Command, CommandResult, ProgressLine, run_command
from planner.machine.work_folder import WorkFolder

OnProgress = Callable[[ProgressLine], None]
Script = str | tuple[str, ...]
"""A text for `sh -eu`, or a program with its arguments."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where the scripts of one phase run, with what around them, and where their output is kept."""

    work: WorkFolder
    evidence: Evidence
    outer: Mapping[str, str]
    """Our own environment; what of it a script sees is decided in `script_environment`."""
    deadline_seconds: float
    """For each script on its own."""
    env_pass: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    grace_seconds: float = 5.0
    on_progress: OnProgress | None = None

    def environment(self) -> dict[str, str]:
        """Return the environment of the next script; `setup` may just have made a virtual environment."""
        return script_environment(self.work, self.outer, self.env_pass, self.extra)


async def run_script(
    bench: Workbench, script: Script, log_path: Path, on_progress: OnProgress | None = None
) -> CommandResult:
    """Run a script in the worktree and return how it ended; its output is in `log_path`.

    The text of a script lies beside the worktree while it runs, never inside, where a check could find it
    and a commit could take it along.

    Raises:
        CommandNotStarted: the worktree cannot be entered, or the system refuses a process.
    """
    for folder in (bench.work.home, bench.work.temporary):
        folder.mkdir(parents=True, exist_ok=True)
    if isinstance(script, tuple):
        return await _run(bench, script, log_path, on_progress)
    # The processes folder and not TMPDIR: a script may well empty its TMPDIR.
    bench.work.processes.mkdir(parents=True, exist_ok=True)
    file = bench.work.processes / f"script-{secrets.token_hex(8)}.sh"
    file.write_text(script if script.endswith("\n") else f"{script}\n", encoding="utf-8")
    try:
        return await _run(bench, ("sh", "-eu", str(file)), log_path, on_progress)
    finally:
        file.unlink(missing_ok=True)


async def _run(
    bench: Workbench, argv: tuple[str, ...], log_path: Path, on_progress: OnProgress | None
) -> CommandResult:
    command = Command(
        argv=argv,
        cwd=bench.work.path,
        environment=bench.environment(),
        deadline_seconds=bench.deadline_seconds,
        output_path=log_path,
        record_folder=bench.work.processes,
        grace_seconds=bench.grace_seconds,
    )
    try:
        return await run_command(command, on_progress)
    finally:
        bench.evidence.redact_file(log_path)


def how_it_ended(result: CommandResult, deadline_seconds: float) -> str:
    """Return in words how a command ended, such as `ended with exit code 2`."""
    if result.not_found:
        return "was not found: there is no such program on PATH"
    if result.timed_out:
        return f"was stopped: it had not ended after {deadline_seconds:g} s"
    if result.stopped:
        return "was stopped from outside"
    if result.signal is not None:
        return f"was ended by signal {result.signal}"
    return f"ended with exit code {result.exit_code}"
