"""The one place that turns whatever a command raised into a message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from schemas.errors import ExitCode, TasksError, UserAbort
from tasks_cli.printing import coloured, print_note
from tasks_cli.standard_streams import give_up

# What no program can help: no space, no right, no more files, a name that is too long.
MACHINE_FAULTS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}
    | {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENAMETOOLONG, errno.ELOOP}
)

ERROR = "error:"


def exit_status(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and return its exit code (design 4.2); errors become one message on stderr."""
    try:
        # Not click's main(): it would answer a closed pipe with 1, which means invalid arguments here.
        with command.make_context("tasks", list(arguments)) as context:
            ended = command.invoke(context)
            sys.stdout.flush()
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except (click.Abort, KeyboardInterrupt):
        print_note("aborted")
        return ExitCode.USER_ABORT
    except Exception as error:  # noqa: BLE001 - the only catch-all: each error gets its code here
        return _failure(error)
    return ended if isinstance(ended, int) else ExitCode.SUCCESS


def end_process(code: int) -> NoReturn:
    """End the process with an exit code, after everything that was printed has left.

    temporalio 1.35 can crash the interpreter after the program has finished, which would turn a success into
    a failure: a process that used it ends without finalization.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # it was said where it happened, and Python would end with 120
            give_up(stream)
    if "temporalio" in sys.modules:
        os._exit(code)
    sys.exit(code)


def _failure(error: Exception) -> int:
    if isinstance(error, TasksError):
        # What the user asked for is no error.
        _print_error(error.message, error.hint, head="" if isinstance(error, UserAbort) else ERROR)
        return error.exit_code
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        print_note(error.format_message())
        return ExitCode.INVALID_ARGUMENTS
    if isinstance(error, click.ClickException):
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f"`{context.command_path} --help` shows what there is" if context is not None else ""
        _print_error(error.format_message(), hint)
        return ExitCode.INVALID_ARGUMENTS
    if isinstance(error, BrokenPipeError):
        # Whoever read our help has seen enough, as `head` does: not a failure.
        give_up(sys.stdout)
        return ExitCode.SUCCESS
    if isinstance(error, OSError) and (refusal := _refusal(error)):
        _print_error(*refusal)
        return ExitCode.INVALID_ARGUMENTS
    _print_bug(error)
    return ExitCode.BUG


def _refusal(error: OSError) -> tuple[str, str] | None:
    """Return message and advice when it is the machine that refuses, and not we who are wrong."""
    if isinstance(error, FileNotFoundError) and not _stands_somewhere():
        return "the current folder does not exist any more", "cd to one that does, and try again"
    if error.errno not in MACHINE_FAULTS:
        return None
    where = f"{error.filename}: " if error.filename is not None else ""
    return (
        f"the machine refuses: {where}{error.strerror}",
        "see to that, and try again; `tasks doctor` looks too",
    )


def _stands_somewhere() -> bool:
    try:
        return bool(os.getcwd())  # noqa: PTH109 - asks whether there is one
    except OSError:
        return False


def _print_error(message: str, hint: str, head: str = ERROR) -> None:
    print_note(f"{coloured(head, 'red')} {message}" if head else message)
    for line in hint.splitlines():
        print_note(f"  {line}")


def _print_bug(bug: Exception) -> None:
    log = _write_log(bug)
    _print_error(f"this is a bug in tasks: {type(bug).__name__}: {bug}", f"please report it with {log}")


def _write_log(bug: Exception) -> Path:
    from schemas.settings import ServerSettings, Settings
    from workers.settings import state_folder

    text = "".join(traceback.format_exception(bug))
    name = f"bug-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.log"
    chosen = Settings(server=ServerSettings(state_dir=os.environ.get("TASKS_STATE_DIR")))
    for folder in (state_folder(chosen) / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"{sys.argv}\n{sys.version}\n{text}", encoding="utf-8")
        except OSError:
            continue
        return folder / name
    print_note(text)
    return Path(name)
