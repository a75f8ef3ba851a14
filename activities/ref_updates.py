"""Move a ref, also past the lock that a power cut or a killed git left behind."""

from __future__ import annotations

import time
from pathlib import Path

from activities.git_commands import run_git
from planner.machine.git_reader import check_object_id
from planner.machine.ref_names import check_ref_name
from schemas.errors import GitFailed

# git holds the lock of a ref for milliseconds; who held one for a minute is gone.
ABANDONED_LOCK_SECONDS = 60.0


def update_ref(common: Path, ref: str, commit: str, reason: str, expected: str | None = None) -> None:
    """Let a ref point to a commit; with `expected` only if it points there now (all zeros: does not exist).

    Raises:
        GitFailed: the ref was not moved.
    """
    check_ref_name(ref)
    names = [check_object_id(commit), *([] if expected is None else [check_object_id(expected)])]
    command = ("update-ref", "-m", reason, ref, *names)
    location = {"GIT_DIR": str(common)}
    try:
        run_git(common, *command, environment=location)
    except GitFailed:
        if not _free_abandoned_lock(common / f"{ref}.lock"):
            raise
        run_git(common, *command, environment=location)


def _free_abandoned_lock(lock: Path) -> bool:
    try:
        abandoned = time.time() - lock.stat().st_mtime > ABANDONED_LOCK_SECONDS
        if abandoned:
            lock.unlink()
    except FileNotFoundError:
        return False
    return abandoned
