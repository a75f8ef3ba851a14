"""Landing is one at a time for each feature branch, across tasks, runs and processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from filelock import FileLock, Timeout

from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders
from schemas.identifiers import slug_with_hash

LOOK_SECONDS = 0.1


@asynccontextmanager
async def landing_turn(folders: RepositoryFolders, branch: str) -> AsyncIterator[None]:
    """Hold the right to land on a feature branch; the system gives it back when this process dies.

    Waiting has no deadline of its own: who waits beats its heart and can be cancelled.
    """
    # Not bound to a thread: any thread of the event loop may give it back.
    lock = FileLock(folders.locks / f"land-{slug_with_hash(check_ref_name(branch))}.lock", thread_local=False)
    while not _taken(lock):  # noqa: ASYNC110 - another process gives it back, nothing local signals
        await asyncio.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
