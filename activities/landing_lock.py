"""Landing is one at a time for each feature branch, across tasks, runs and processes."""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import RepositoryUnusable
from schemas.identifiers import slug_with_hash

# As long as another process that waits needs to wake up.
PAUSE_SECONDS = 0.005


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
        opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await _until_locked(opened)
        except OSError:
            os.close(opened)
            raise
    except OSError as error:
        raise _no_locks(file, error) from error
    return opened


async def _until_locked(opened: int) -> None:
    """Return when the file is locked; it is closed when nobody waits for that any more.

    The system is asked to wait, in a thread: whoever looked again and again would keep a processor busy while
    another process lands, or lose time after it.
    """
    loop = asyncio.get_running_loop()
    locked = asyncio.Event()
    given_up = False

    def hand_over() -> None:
        if given_up:
            os.close(opened)
        locked.set()

    def wait() -> None:
        fcntl.flock(opened, fcntl.LOCK_EX)
        try:
            loop.call_soon_threadsafe(hand_over)
        except RuntimeError:  # the loop was closed meanwhile
            os.close(opened)

    threading.Thread(target=wait, name="landing lock", daemon=True).start()
    try:
        await locked.wait()
    except asyncio.CancelledError:
        given_up = True
        if locked.is_set():  # it came in the same moment
            os.close(opened)
        raise


def _no_locks(file: Path, error: OSError) -> RepositoryUnusable:
    return RepositoryUnusable(
        f"{file} cannot be locked: {error.strerror}",
        hint="Runs need a repository on a disk that can be written and knows locks (flock).",
    )
