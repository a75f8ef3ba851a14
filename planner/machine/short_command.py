"""Run a program that answers at once, such as git or a version probe, and wait for it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.machine.process_faults import ShortCommandFailed
from planner.machine.process_supervisor import NOT_EXECUTABLE, NOT_FOUND

LAST_WORDS_SECONDS = 1.0  # for what is in the pipes of a group that was killed
SHOWN_STDERR = 2000


@dataclass(frozen=True, slots=True)
class ShortResult:
    """How a short command ended and what it printed."""

    exit_code: int
    """127 if there is no such program, 126 if it cannot be executed, -n if signal n ended it."""
    stdout: bytes
    stderr: bytes
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether the command succeeded."""
        return self.exit_code == 0 and not self.timed_out

    @property
    def text(self) -> str:
        """Its stdout as text, without the white space around it."""
        return self.stdout.decode("utf-8", "replace").strip()


def run_short(
    argv: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    input_data: bytes | None = None,
    timeout_seconds: float = 60.0,
    *,
    check: bool = False,
) -> ShortResult:
    """Run a program in a session of its own and return its output; after the time its whole group is killed.

    A missing program is a result (exit code 127, the reason on stderr), and so is a timeout.

    Args:
        argv: the program and its arguments; there is no shell.
        cwd: its working folder.
        environment: its whole environment; None passes ours on.
        input_data: its standard input; None is an empty one.
        timeout_seconds: how long it may take.
        check: raise if it does not succeed.

    Raises:
        ShortCommandFailed: with `check`, if it did not succeed.
        NotADirectoryError, FileNotFoundError: the working folder cannot be entered.
    """
    try:
        result = _run(argv, cwd, environment, input_data, timeout_seconds)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        if not cwd.is_dir() or str(error.filename) == str(cwd):
            raise
        exit_code = NOT_EXECUTABLE if isinstance(error, PermissionError) else NOT_FOUND
        result = ShortResult(exit_code, b"", f"cannot start {argv[0]}: {error.strerror}".encode())
    if check and not result.ok:
        raise _failure(argv, cwd, timeout_seconds, result)
    return result


def _run(
    argv: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str] | None,
    input_data: bytes | None,
    timeout_seconds: float,
) -> ShortResult:
    process = _PromptlyAwaited(
        argv,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL if input_data is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        try:
            stdout, stderr = process.communicate(input_data, timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            # It may have ended by itself, and a child of it still holds its output open.
            timed_out = process.poll() is None
            stdout, stderr = _kill(process)
            return ShortResult(process.wait(), stdout, stderr, timed_out)
        except BaseException:
            _kill(process)
            raise
    return ShortResult(process.returncode, stdout, stderr)


class _PromptlyAwaited(subprocess.Popen[bytes]):
    """A process whose end is noticed at once.

    With a time limit the standard library looks for it every now and then, for the first time after a
    millisecond: as long as git takes. Where the system can tell, it is asked to.
    """

    def wait(self, timeout: float | None = None) -> int:
        if timeout is None or self.returncode is not None or not hasattr(os, "pidfd_open"):
            return super().wait(timeout)
        try:
            process = os.pidfd_open(self.pid)  # it is ours and not reaped yet, so the number is still its own
        except OSError:
            return super().wait(timeout)
        try:
            poll = select.poll()
            poll.register(process, select.POLLIN)
            poll.poll(max(0.0, timeout) * 1000)
        finally:
            os.close(process)
        return super().wait(0)


def _kill(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Kill the whole group and return what it has printed."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
    try:
        return process.communicate(timeout=LAST_WORDS_SECONDS)
    except subprocess.TimeoutExpired as waiting:  # whoever left the group holds the pipes
        return waiting.output or b"", waiting.stderr or b""


def _failure(
    argv: Sequence[str], cwd: Path, timeout_seconds: float, result: ShortResult
) -> ShortCommandFailed:
    how = f"took longer than {timeout_seconds:g} s" if result.timed_out else f"failed ({result.exit_code})"
    said = result.stderr.decode("utf-8", "replace").strip()[-SHOWN_STDERR:]
    return ShortCommandFailed(f"{' '.join(argv)} {how} in {cwd}: {said or 'no message'}")
