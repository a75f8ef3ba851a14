"""Move refs, also past the lock that a power cut or a killed git left behind."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from activities.git_commands import run_git
from planner.machine.git_reader import check_object_id
from planner.machine.ref_names import check_ref_name
from schemas.errors import GitFailed

# git holds the lock of a ref for milliseconds; who held one for a minute is gone.
ABANDONED_LOCK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RefMove:
    """A ref and the commit it is to point to; with `expected` only if it points there now.

    All zeros as `expected`: only if there is no such ref.
    """

    ref: str
    commit: str
    expected: str | None = None

    def line(self) -> str:
        """Return what git is told: to move the ref itself, never a branch that it may stand for."""
        names = [check_object_id(self.commit)]
        names += [] if self.expected is None else [check_object_id(self.expected)]
        return f"option no-deref\nupdate {check_ref_name(self.ref)} {' '.join(names)}\n"


def update_refs(common: Path, reason: str, *moves: RefMove) -> None:
    """Move refs in the given order, all of them or none; only a kill while git moves them can divide them.

    Raises:
        GitFailed: none was moved.
    """
    lines = "".join(move.line() for move in moves).encode()
    command, location = ("update-ref", "-m", reason, "--stdin"), {"GIT_DIR": str(common)}
    try:
        run_git(common, *command, input_data=lines, environment=location)
    except GitFailed:
        freed = [move.ref for move in moves if _free_abandoned_lock(common / f"{move.ref}.lock")]
        if not freed:
            raise
        run_git(common, *command, input_data=lines, environment=location)


def update_ref(common: Path, ref: str, commit: str, reason: str, expected: str | None = None) -> None:
    """Move one ref; see `RefMove`.

    Raises:
        GitFailed: the ref was not moved.
    """
    update_refs(common, reason, RefMove(ref, commit, expected))


def _free_abandoned_lock(lock: Path) -> bool:
    try:
        abandoned = time.time() - lock.stat().st_mtime > ABANDONED_LOCK_SECONDS
        if abandoned:
            lock.unlink()
    except FileNotFoundError:
        return False
    return abandoned
