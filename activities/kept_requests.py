"""What a run was asked for, kept in the repository: with Temporal's database gone it can still be resumed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from activities.atomic_files import write_atomically
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import RepositoryUnusable
from schemas.execution import ExecutePlanInput

REQUEST_FILE = "request.json"
LOCK_SECONDS = 60.0


def keep_request(
    folders: RepositoryFolders, run_id: str, request: ExecutePlanInput, has_ended: Callable[[str], bool]
) -> None:
    """Keep the request of a run; from here on its feature branch is the run's alone.

    Args:
        folders: the clone of record.
        run_id: the run; a newer request of the same run replaces the older one.
        request: with the branch that was chosen.
        has_ended: whether another run, which was given this branch before, is over.

    Raises:
        RepositoryUnusable: another run works on this branch.
    """
    file = kept_request(folders, run_id)
    # Two runs that begin at once must not both find the branch free.
    with FileLock(folders.locks / "requests.lock", timeout=LOCK_SECONDS):
        for other in sorted(folders.tasks.glob(f"*/{REQUEST_FILE}")):
            name = other.parent.name
            if name != run_id and remembered_branch(folders, name) == request.branch and not has_ended(name):
                raise RepositoryUnusable(
                    f"the run {name} works on {request.branch}",
                    hint=f"wait for it, end it (tasks cancel {name}), or choose another name with --branch.",
                )
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, request.model_dump_json(indent=2).encode())


def kept_request(folders: RepositoryFolders, run_id: str) -> Path:
    """Return the file that holds the request of a run."""
    return folders.tasks / run_id / REQUEST_FILE


def remembered_branch(folders: RepositoryFolders, run_id: str) -> str | None:
    """Return the feature branch of a run that was started here before, None if none was."""
    try:
        kept = json.loads(kept_request(folders, run_id).read_bytes())
    except (OSError, ValueError):
        return None
    return kept.get("branch") if isinstance(kept, dict) else None
