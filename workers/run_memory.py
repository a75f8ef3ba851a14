"""What a repository remembers of its runs: enough to resume one that Temporal has forgotten."""

from __future__ import annotations

from pathlib import Path

from activities.kept_requests import kept_request
from planner.machine.repository_folders import open_repository
from schemas.errors import RepositoryUnusable
from schemas.execution import ExecutePlanInput
from workers.state_folder import read_json


def remembered_request(repository: Path, run_id: str) -> ExecutePlanInput | None:
    """Return the input of a run as the repository keeps it; None when there is none, or no repository."""
    try:
        folders = open_repository(repository)
    except RepositoryUnusable:
        return None
    value = read_json(kept_request(folders, run_id))
    return None if value is None else ExecutePlanInput.model_validate(value)
