"""All that `tasks doctor` looks at, in the order in which it is shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from schemas.settings import Settings
from workers.equipment_checks import agents_check, sandbox_check
from workers.health_check import HealthCheck
from workers.machine_checks import (
    git_check,
    open_files_check,
    processes_check,
    python_check,
    state_disk_check,
    worktree_disk_check,
)
from workers.service_checks import ports_check, service_check, state_check, temporal_check
from workers.state_folder import StateFolder


def health_checks(
    state: StateFolder, settings: Settings, folder: Path, environment: Mapping[str, str] = os.environ
) -> tuple[HealthCheck, ...]:
    """Return all checks; nothing is started, nothing is downloaded, and nothing stays written.

    Args:
        state: the state folder, which need not exist.
        settings: which ports are asked for.
        folder: where the user stands: perhaps in the repository whose worktrees need space.
        environment: our variables.
    """
    return (
        python_check(),
        git_check(environment),
        temporal_check(environment),
        state_check(state),
        service_check(state),
        ports_check(state, settings, environment),
        state_disk_check(state),
        worktree_disk_check(state, folder),
        open_files_check(),
        processes_check(),
        sandbox_check(environment),
        agents_check(environment),
    )
