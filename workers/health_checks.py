"""What `tasks doctor` looks at; each check says what to do when it fails."""

from __future__ import annotations

import os
import platform
import re
import shutil
from pathlib import Path

from planner.machine.processes import CommandNotStarted, run_short
from schemas.errors import TasksError
from schemas.record import Record
from workers.state_folder import StateFolder
from workers.temporal_binary import locate_temporal
from workers.temporal_connection import names_a_server

OLDEST_GIT = (2, 38)
LEAST_DISK_BYTES = 1 << 30


class HealthCheck(Record):
    """One thing that is needed, how it was found, and what to do when it is not there."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


def health_checks(state: StateFolder) -> tuple[HealthCheck, ...]:
    """Return all checks; nothing is started and nothing is downloaded."""
    return (_python(), _git(), _temporal(), _state(state), _disk(state))


def _python() -> HealthCheck:
    return HealthCheck(name="python", ok=True, detail=platform.python_version())


def _git() -> HealthCheck:
    advice = "install git 2.38 or newer: landing needs `git merge-tree --write-tree`"
    try:
        answer = run_short(["git", "--version"], Path.cwd())
    except CommandNotStarted as error:
        return HealthCheck(name="git", ok=False, detail=str(error), advice=advice)
    text = answer.stdout.decode().strip()
    found = re.search(r"(\d+)\.(\d+)", text)
    ok = found is not None and (int(found[1]), int(found[2])) >= OLDEST_GIT
    return HealthCheck(name="git", ok=ok, detail=text, advice="" if ok else advice)


def _temporal() -> HealthCheck:
    if names_a_server(os.environ):
        where = os.environ.get("TEMPORAL_ADDRESS") or "Temporal's configuration file"
        return HealthCheck(name="temporal", ok=True, detail=f"the server named by {where}")
    try:
        found = locate_temporal(os.environ)
    except TasksError as error:
        return HealthCheck(name="temporal", ok=False, detail=error.message, advice=error.hint)
    if found is None:
        advice = "`tasks up` downloads or builds it; TASKS_TEMPORAL_CLI names one you have"
        return HealthCheck(name="temporal", ok=False, detail="not found", advice=advice)
    return HealthCheck(name="temporal", ok=True, detail=str(found))


def _state(state: StateFolder) -> HealthCheck:
    try:
        state.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = state.path / ".writable"
        probe.write_text("", encoding="ascii")
        probe.unlink()
    except OSError as error:
        advice = "name a folder you can write with TASKS_STATE_DIR"
        return HealthCheck(
            name="state folder", ok=False, detail=f"{state.path}: {error.strerror}", advice=advice
        )
    return HealthCheck(name="state folder", ok=True, detail=str(state.path))


def _disk(state: StateFolder) -> HealthCheck:
    place = next(folder for folder in (state.path, *state.path.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    ok = free >= LEAST_DISK_BYTES
    advice = "" if ok else f"free some space on the disk of {place}: worktrees and environments need it"
    return HealthCheck(name="disk", ok=ok, detail=f"{free / 1e9:.1f} GB free", advice=advice)
