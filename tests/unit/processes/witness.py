"""Watch processes without sleeping: the kernel says when nobody holds the witness open any more."""

import os
import select
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from planner.machine.process_table import read_process_table

PATIENCE_SECONDS = 20.0


class Witness:
    """A fifo that test processes open with `exec 9>$WITNESS` and write their pids to."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._received = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def lines(self, count: int) -> list[str]:
        """Wait for so many lines and return them."""
        complete = self._wait(lambda: self._received.count(b"\n") >= count, f"{count} lines")
        assert complete, f"all processes have ended, and wrote only {self._received!r}"
        return self._received.decode().splitlines()[:count]

    def wait_until_released(self) -> None:
        """Wait until no process holds the fifo open any more."""
        self._wait(lambda: False, "all processes to end")

    def _wait(self, happened: Callable[[], bool], what: str) -> bool:
        """Return whether it happened before the fifo was released."""
        until = time.monotonic() + PATIENCE_SECONDS
        poll = select.poll()
        poll.register(self._file, select.POLLIN)
        while not happened():
            left = until - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise AssertionError(f"waited {PATIENCE_SECONDS:g} s in vain for {what}")
            data = os.read(self._file, 65_536)
            if not data:
                return happened()
            self._received += data
        return True


def open_descriptors() -> int:
    """Count the descriptors this process holds open, the one for counting included."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def children_of_ours() -> set[int]:
    """Return the pids of our children, zombies included."""
    return {pid for pid, row in read_process_table().items() if row.parent == os.getpid()}


def wait_until_gone(pid: int) -> None:
    """Wait until a process has ended, zombie or not."""
    try:
        file = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        poll = select.poll()
        poll.register(file, select.POLLIN)
        assert poll.poll(PATIENCE_SECONDS * 1000), f"process {pid} still runs"
    finally:
        os.close(file)
