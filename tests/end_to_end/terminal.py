"""A pseudo-terminal with a command in it: what a person sees and types."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.waiting import wait_until

# The command's own terminal is the one that Ctrl-C is typed into.
TAKE_THE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


@dataclass(slots=True)
class Terminal:
    """A terminal while a command runs in it."""

    process: subprocess.Popen[bytes]
    master: int
    raw: str = ""

    def shown(self) -> str:
        """Return everything that was shown so far, without colours and movements of the cursor."""
        self._read()
        return CONTROL.sub("", self.raw)

    def wait_until_shown(self, text: str) -> None:
        """Wait until a text was shown."""
        wait_until(lambda: text in self.shown(), lambda: f"{text!r} in {self.shown()!r}")

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self.master, text.encode())

    def end(self, deadline: float = 60) -> int:
        """Wait for the end of the program and return its exit code."""

        def ended() -> bool:
            self._read()  # a terminal that nobody reads fills up, and the command waits
            return self.process.poll() is not None

        wait_until(ended, self.shown, seconds=deadline)
        self._read()
        assert self.process.returncode is not None
        return self.process.returncode

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.master, 65_536)
            except (BlockingIOError, OSError):
                return
            if not data:
                return
            self.raw += data.decode("utf-8", "replace")


@contextmanager
def terminal(
    argv: Sequence[str | Path], cwd: Path, environment: Mapping[str, str], *, rows: int, columns: int
) -> Iterator[Terminal]:
    """Yield a terminal of a size in which a program was started; it is killed if it has not ended then."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.set_blocking(master, False)
    plain = {
        name: value for name, value in environment.items() if name not in {"NO_COLOR", "COLUMNS", "LINES"}
    }
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", TAKE_THE_TERMINAL, *map(str, argv)],
        cwd=cwd,
        env={**plain, "TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
