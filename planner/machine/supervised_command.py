"""Run a command whose whole process tree ends with it, with its owner, or when its owner wants it to."""

from __future__ import annotations

import asyncio
import math
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.machine.process_faults import CommandNotStarted, SupervisorLost, SurvivorsRemain
from planner.machine.process_supervisor import KILL_PATIENCE_SECONDS
from planner.machine.process_survivors import end_recorded
from planner.machine.progress_line import ProgressLine
from planner.machine.supervisor_link import Events, SupervisorLink

MARGIN_SECONDS = 2 * KILL_PATIENCE_SECONDS  # a supervisor that is later than this hangs
TAIL_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, and within which limits."""

    argv: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]
    """All of it: nothing is passed on but this (see `command_environment`)."""
    deadline_seconds: float
    output_path: Path
    """Where stdout and stderr go, together, in the order of printing; replaced if it exists."""
    record_folder: Path
    """Where it is written down who runs, while it runs: the folder for `end_survivors`."""
    grace_seconds: float = 5.0
    """How long a process may take to end by itself, from SIGTERM to SIGKILL."""
    output_limit_bytes: int = 4_000_000
    """The most the output file may hold; at least 1024. The first half and the newest part are kept."""

    def __post_init__(self) -> None:
        if not self.argv or not self.argv[0]:
            raise ValueError("a command needs a program: argv is empty")
        if not (math.isfinite(self.deadline_seconds) and self.deadline_seconds > 0):
            raise ValueError(f"deadline_seconds must be a positive number, not {self.deadline_seconds}")
        if not (math.isfinite(self.grace_seconds) and self.grace_seconds >= 0):
            raise ValueError(f"grace_seconds must not be negative, as {self.grace_seconds} is")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended; that it failed is a result and not an error."""

    exit_code: int | None
    """None if a signal ended it; 127 if there is no such program, 126 if it cannot be executed."""
    signal: int | None
    timed_out: bool
    stopped: bool
    not_found: bool
    duration_seconds: float
    """From the start to the end of the command itself, without what was left over."""
    output_path: Path
    output_tail: str
    """The last 4000 characters of the output file."""
    output_bytes: int
    """How much was printed, whether it was kept or not."""
    left_over: int
    """How many processes it left running when it had ended by itself; they have been ended."""
    problems: tuple[str, ...] = ()
    """What else went wrong: output that could not be written, processes that could not be ended."""

    @property
    def ok(self) -> bool:
        """Whether the command ran to its end and succeeded."""
        return self.exit_code == 0 and not self.timed_out and not self.stopped


async def run_command(
    command: Command, on_progress: Callable[[ProgressLine], None] | None = None
) -> CommandResult:
    """Run a command under a supervisor of its own and return how it ended.

    Whatever happens, its whole process tree is gone afterwards. Cancelling the caller ends the tree, waits
    until it is gone (not longer than the grace and some seconds) and only then lets the cancellation through.

    Args:
        command: what to run.
        on_progress: called in the event loop with each progress line; an exception in it ends the command
            and is raised here.

    Raises:
        CommandNotStarted: its working folder cannot be entered, or the system refuses a process.
        SupervisorLost: the supervisor was killed or hangs; what it supervised has been ended.
        SurvivorsRemain: as before, and some of it could not be ended.
    """
    token = secrets.token_hex(16)
    record = command.record_folder.absolute() / f"{token}.json"
    for folder in (record.parent, command.output_path.parent):
        folder.mkdir(parents=True, exist_ok=True)
    link = _start_supervisor(command, on_progress)
    try:
        link.send(_request(command, token, record))
        await asyncio.wait(
            {link.finished}, timeout=command.deadline_seconds + command.grace_seconds + MARGIN_SECONDS
        )
    except asyncio.CancelledError:
        link.stop()
        await _wait_uncancelled(link.finished, command.grace_seconds + MARGIN_SECONDS)
        link.close()
        if link.events.ended is None:
            # A cancellation must stay one; the record of what remains is kept for the next `end_survivors`.
            with suppress(SurvivorsRemain):
                await _end_unsupervised(record)
        raise
    finally:
        last_words = link.close()
    if link.failure:
        raise link.failure
    if link.events.ended is None:
        await _end_unsupervised(record)
        raise SupervisorLost(
            f"the supervisor of {command.argv[0]} was lost {last_words}".rstrip(),
            hint="What it ran has been ended; try again.",
        )
    return _result(command, link.events)


def _request(command: Command, token: str, record: Path) -> dict[str, object]:
    return {
        "argv": command.argv,
        "cwd": str(command.cwd.absolute()),
        "environment": dict(command.environment),
        "deadline_seconds": command.deadline_seconds,
        "grace_seconds": command.grace_seconds,
        "output_path": str(command.output_path.absolute()),
        "output_limit_bytes": command.output_limit_bytes,
        "record_path": str(record),
        "token": token,
    }


def _start_supervisor(command: Command, on_progress: Callable[[ProgressLine], None] | None) -> SupervisorLink:
    try:
        return SupervisorLink(on_progress)
    except OSError as error:
        raise CommandNotStarted(
            f"no supervisor can be started for {command.argv[0]}: {error.strerror}",
            hint="The machine may be out of processes, memory or open files.",
        ) from error


async def _wait_uncancelled(future: asyncio.Future[Any], seconds: float) -> None:
    """Wait for a future, at most so long, however often we are cancelled meanwhile: we already are."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not future.done() and (left := until - loop.time()) > 0:
        try:
            await asyncio.wait({future}, timeout=left)
        except asyncio.CancelledError:
            continue


async def _end_unsupervised(record: Path) -> None:
    """End what a dead supervisor left, without holding up the event loop."""
    ending = asyncio.get_running_loop().run_in_executor(None, end_recorded, record)
    await _wait_uncancelled(ending, MARGIN_SECONDS)
    if ending.done():
        ending.result()


def _result(command: Command, events: Events) -> CommandResult:
    ended = events.ended or {}
    problem = ended["problem"]
    if problem and problem["stage"] != "exec":
        raise CommandNotStarted(
            f"{command.argv[0]} cannot be started in {command.cwd}: {problem['message']}",
            hint="See that the working folder exists and may be entered.",
        )
    problems = [f"output was not written: {ended['output_error']}"] if ended["output_error"] else []
    if ended["remaining"]:
        pids = ", ".join(str(pid) for pid in ended["remaining"])
        problems.append(f"processes that could not be ended: {pids}")
    return CommandResult(
        exit_code=ended["exit_code"],
        signal=ended["signal"],
        timed_out=ended["timed_out"],
        stopped=ended["stopped"],
        not_found=bool(problem and problem["not_found"]),
        duration_seconds=ended["duration_seconds"],
        output_path=command.output_path,
        output_tail=_tail(command.output_path),
        output_bytes=ended["output_bytes"],
        left_over=ended["left_over"],
        problems=tuple(problems),
    )


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        # A character has at most four bytes; the first one read may be cut, and then is one too many.
        most = 4 * TAIL_CHARACTERS + 3
        file.seek(max(0, size - most))
        return file.read(most).decode("utf-8", "replace")[-TAIL_CHARACTERS:]
