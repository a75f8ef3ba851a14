"""The file beside a worktree that says whose it is; every step that changes something compares its token."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from activities.atomic_files import write_atomically
from planner.machine.git_worktrees import worktree_git_dir
from planner.machine.work_folder import WorkFolder
from schemas.errors import LeaseLost


@dataclass(frozen=True, slots=True)
class WorktreeLease:
    """Who may work in a worktree: the token, the repository it belongs to and the branch it is for.

    None as branch: the worktree has no branch, as the ones for landing and probing.
    """

    token: str
    common: str
    branch: str | None

    def git_dir(self, work: WorkFolder) -> Path:
        """Return git's own folder for the worktree.

        Raises:
            LeaseLost: the repository no longer knows the worktree.
        """
        found = worktree_git_dir(Path(self.common), work.path)
        if found is None:
            raise LeaseLost(f"{work.path} is no worktree of {self.common} any more: a newer lease removed it")
        return found


def write_lease(work: WorkFolder, lease: WorktreeLease) -> None:
    """Give the worktree to a lease: whoever holds an older token is locked out from here on."""
    work.token_file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(work.token_file, json.dumps(asdict(lease)).encode())


def find_lease(work: WorkFolder) -> WorktreeLease | None:
    """Return the lease of a worktree, None if there is none or the file is not ours."""
    try:
        return WorktreeLease(**json.loads(work.token_file.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def read_lease(work: WorkFolder) -> WorktreeLease:
    """Return the lease of a worktree.

    Raises:
        LeaseLost: the worktree was given back or removed.
    """
    lease = find_lease(work)
    if lease is None:
        raise LeaseLost(f"{work.path} is not leased to anybody: it was given back or removed")
    return lease


def check_token(work: WorkFolder, token: str) -> None:
    """Return if the token is the worktree's.

    Raises:
        LeaseLost: a newer lease has taken the worktree over, or it was removed.
    """
    if read_lease(work).token != token:
        raise LeaseLost(f"{work.path} belongs to a newer lease: this attempt must stop")
