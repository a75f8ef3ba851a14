"""Landing is one at a time for each feature branch, across tasks, runs and processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders
from schemas.identifiers import slug_with_hash

# Landings wait for each other only here, so the time between two of them counts for every task of a run.
LOOK_SECONDS = 0.005


@dataclass(slots=True)
class _Queue:
    """Where the landings of one event loop wait in turn: only the first of them looks at the file."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


_queues: dict[tuple[asyncio.AbstractEventLoop, Path], _Queue] = {}


@asynccontextmanager
async def landing_turn(folders: RepositoryFolders, branch: str) -> AsyncIterator[None]:
    """Hold the right to land on a feature branch; the system gives it back when this process dies.

    Waiting has no deadline of its own: who waits beats its heart and can be cancelled.
    """
    file = folders.locks / f"land-{slug_with_hash(check_ref_name(branch))}.lock"
    async with _first_here(file):
        # Not bound to a thread: any thread of the event loop may give it back.
        lock = FileLock(file, thread_local=False)
        while not _taken(lock):  # noqa: ASYNC110 - another process gives it back, nothing local signals
            await asyncio.sleep(LOOK_SECONDS)
        try:
            yield
        finally:
            lock.release()


@asynccontextmanager
async def _first_here(file: Path) -> AsyncIterator[None]:
    """Be the first of those who wait for a file in this event loop."""
    key = (asyncio.get_running_loop(), file)
    queue = _queues.setdefault(key, _Queue())
    queue.users += 1
    try:
        waits = queue.users > 1
        async with queue.turn:
            if waits:  # somebody of ours has just given the file back: other processes may look first
                await asyncio.sleep(2 * LOOK_SECONDS)
            yield
    finally:
        queue.users -= 1
        if not queue.users:
            del _queues[key]


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
