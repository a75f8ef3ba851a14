"""Landing is one at a time for each feature branch, across threads and processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from filelock import FileLock, Timeout

from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import ExitCode, TasksError
from schemas.identifiers import slug_with_hash

POLL_SECONDS = 0.2


class LandingBusy(TasksError):
    """Another landing on the same feature branch took longer than this one could wait."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED_WITH_CHECKPOINT


@contextmanager
def landing_lock(
    folders: RepositoryFolders,
    branch: str,
    deadline_seconds: float,
    while_waiting: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Hold the right to land on a feature branch; the system gives it back when this process dies.

    Args:
        folders: the clone of record.
        branch: the feature branch.
        deadline_seconds: how long to wait for others.
        while_waiting: called about five times a second, for a heartbeat; what it raises ends the waiting.

    Raises:
        LandingBusy: the time is over.
    """
    lock = FileLock(folders.locks / f"land-{slug_with_hash(check_ref_name(branch))}.lock")
    deadline = time.monotonic() + deadline_seconds
    while not _try(lock):
        if time.monotonic() >= deadline:
            raise LandingBusy(
                f"another landing on {branch} has not ended within {deadline_seconds:g} s",
                hint=f"The lock is {lock.lock_file}; it is free as soon as its process has ended.",
            )
        while_waiting()
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _try(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
