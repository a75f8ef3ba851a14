"""Who a worker is: a uuid that survives its restart, claimed by a lock that dies with the process."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from schemas.errors import WorkerPoolUnavailable

MOST_WORKERS = 256


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """The uuid names the worker's queue; the lock is held as long as the process lives."""

    worker_id: str
    slot: int
    lock: FileLock


def claim_identity(folder: Path) -> WorkerIdentity:
    """Return the first identity of this host that no living worker holds.

    Raises:
        WorkerPoolUnavailable: when 256 workers hold one already.
    """
    for slot in range(1, MOST_WORKERS + 1):
        place = folder / str(slot)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(place / "lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        return WorkerIdentity(_uuid_of(place / "uuid"), slot, lock)
    raise WorkerPoolUnavailable(
        f"{MOST_WORKERS} workers run on this host already", hint="stop some, or use another TASKS_STATE_DIR"
    )


def _uuid_of(file: Path) -> str:
    if not file.exists():
        file.write_text(uuid.uuid4().hex[:12], encoding="ascii")
    return file.read_text(encoding="ascii").strip()
