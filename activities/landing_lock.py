"""Landing is one at a time for each feature branch, across tasks, runs and processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

from filelock import FileLock, Timeout

from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders
from schemas.identifiers import slug_with_hash

# Landings wait for each other only here, so the time between two of them counts for every task of a run.
LOOK_SECONDS = 0.005
_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Path, asyncio.Lock]] = WeakKeyDictionary()


@asynccontextmanager
async def landing_turn(folders: RepositoryFolders, branch: str) -> AsyncIterator[None]:
    """Hold the right to land on a feature branch; the system gives it back when this process dies.

    Waiting has no deadline of its own: who waits beats its heart and can be cancelled.
    """
    file = folders.locks / f"land-{slug_with_hash(check_ref_name(branch))}.lock"
    async with _queue(file):
        # Not bound to a thread: any thread of the event loop may give it back.
        lock = FileLock(file, thread_local=False)
        while not _taken(lock):  # noqa: ASYNC110 - another process gives it back, nothing local signals
            await asyncio.sleep(LOOK_SECONDS)
        try:
            yield
        finally:
            lock.release()


def _queue(file: Path) -> asyncio.Lock:
    """Return where the landings of this process wait in turn: only the first of them looks at the file."""
    return _queues.setdefault(asyncio.get_running_loop(), {}).setdefault(file, asyncio.Lock())


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
