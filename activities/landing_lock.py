"""Landing is one at a time for each feature branch, across tasks, runs and processes."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import RepositoryUnusable
from schemas.identifiers import slug_with_hash

# As long as another process that waits needs to wake up.
PAUSE_SECONDS = 0.005
MOST_REMOVALS = 20


@dataclass(slots=True)
class _Queue:
    """Where the landings of one event loop wait in turn: only the first of them waits for the file."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


_queues: dict[tuple[asyncio.AbstractEventLoop, Path], _Queue] = {}


@asynccontextmanager
async def landing_turn(folders: RepositoryFolders, branch: str) -> AsyncIterator[None]:
    """Hold the right to land on a feature branch; the system gives it back when this process dies.

    Waiting has no deadline of its own: who waits beats its heart and can be cancelled.

    Raises:
        RepositoryUnusable: the disk knows no locks.
    """
    file = folders.locks / f"land-{slug_with_hash(check_ref_name(branch))}.lock"
    async with _first_here(file):
        held = await _locked(file)
        try:
            yield
        finally:
            os.close(held)


@asynccontextmanager
async def _first_here(file: Path) -> AsyncIterator[None]:
    """Be the first of those who wait for a file in this event loop."""
    key = (asyncio.get_running_loop(), file)
    queue = _queues.setdefault(key, _Queue())
    queue.users += 1
    try:
        waits = queue.users > 1
        async with queue.turn:
            if waits:  # somebody of ours has just given the file back: other processes may go first
                await asyncio.sleep(PAUSE_SECONDS)
            yield
    finally:
        queue.users -= 1
        if not queue.users:
            del _queues[key]


async def _locked(file: Path) -> int:
    """Return the file, open and locked; to close it gives the lock back."""
    try:
        for _ in range(MOST_REMOVALS):
            opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            if not _locked_at_once(opened):
                await _Waiting(opened).locked()
            if _is_still(opened, file):
                return opened
            os.close(opened)  # somebody removed the file meanwhile: others lock another one
        raise FileNotFoundError(errno.ENOENT, "it is removed again and again")
    except OSError as error:
        raise _no_locks(file, error) from error


def _locked_at_once(opened: int) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        os.close(opened)
        raise
    return True


def _is_still(opened: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(opened), file.lstat())
    except FileNotFoundError:
        return False


class _Waiting:
    """A thread that waits until an open file is locked; whoever is last to want the file closes it.

    The system is asked to wait: whoever looked again and again would keep a processor busy while another
    process lands, or lose time after it.
    """

    def __init__(self, opened: int) -> None:
        self._opened = opened
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[None] = self._loop.create_future()
        self._first = (
            threading.Lock()
        )  # for the thread that has the lock, or for a waiter that gives up before

    async def locked(self) -> None:
        """Return when the file is locked; if that is not waited for to its end, the file is closed."""
        try:
            threading.Thread(target=self._wait, name="landing lock", daemon=True).start()
        except RuntimeError:
            os.close(self._opened)
            raise
        try:
            await self._answer
        except BaseException:
            if not self._first.acquire(blocking=False):
                os.close(self._opened)  # the thread has done its part; else it closes the file itself
            raise

    def _wait(self) -> None:
        error: OSError | None = None
        try:
            fcntl.flock(self._opened, fcntl.LOCK_EX)
        except OSError as failed:
            error = failed
        if not self._first.acquire(blocking=False):
            os.close(self._opened)
            return
        with suppress(RuntimeError):  # the loop was closed: whoever waited has been told otherwise
            self._loop.call_soon_threadsafe(self._tell, error)

    def _tell(self, error: OSError | None) -> None:
        if self._answer.done():
            return
        if error is None:
            self._answer.set_result(None)
        else:
            self._answer.set_exception(error)


def _no_locks(file: Path, error: OSError) -> RepositoryUnusable:
    return RepositoryUnusable(
        f"{file} cannot be locked: {error.strerror}",
        hint="Runs need a repository on a disk that can be written and knows locks (flock).",
    )
