"""What a run was asked for, kept in the repository: with Temporal's database gone it can still be resumed."""

from __future__ import annotations

import json
from pathlib import Path

from activities.evidence_store import write_atomically
from planner.machine.repository_folders import RepositoryFolders
from schemas.execution import ExecutePlanInput

REQUEST_FILE = "request.json"


def keep_request(folders: RepositoryFolders, run_id: str, request: ExecutePlanInput) -> None:
    """Keep the request of a run; a newer one of the same run replaces it."""
    file = kept_request(folders, run_id)
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
