"""The machine: Python, git, space, and what the system lets a user have at once."""

from __future__ import annotations

import os
import platform
import re
import resource
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from activities.run_preflight import OLDEST_GIT
from planner.machine.process_table import count_processes_of
from planner.machine.processes import run_short
from planner.machine.repository_folders import open_repository
from schemas.errors import TasksError
from workers.health_check import Health, HealthCheck
from workers.state_folder import StateFolder, nearest_folder

TOO_LITTLE_BYTES = 256 << 20
LITTLE_BYTES = 2 << 30
FEW_OPEN_FILES = 1024
FEW_PROCESSES = 256
CGROUPS = Path("/sys/fs/cgroup")


def python_check() -> HealthCheck:
    """Return which Python runs us."""
    return HealthCheck(name="python", status="ok", detail=f"{platform.python_version()} at {sys.executable}")


def git_check(environment: Mapping[str, str]) -> HealthCheck:
    """Return whether git is there and new enough."""
    wanted = ".".join(str(number) for number in OLDEST_GIT)
    advice = f"install git {wanted} or newer: landing merges without a checkout"
    path = shutil.which("git", path=environment.get("PATH", os.defpath))
    if path is None:
        return HealthCheck(name="git", status="problem", detail="not on PATH", advice=advice)
    said = run_short([path, "--version"], Path("/"), environment).text
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_GIT:
        return HealthCheck(name="git", status="problem", detail=f"{said} at {path}", advice=advice)
    return HealthCheck(name="git", status="ok", detail=f"{said} at {path} (at least {wanted} is needed)")


def state_disk_check(state: StateFolder) -> HealthCheck:
    """Return whether there is space for the server's database and the logs."""
    advice = "free some space, or name another folder with TASKS_STATE_DIR"
    return _space("disk of the state folder", state.path, advice)


def worktree_disk_check(state: StateFolder, folder: Path) -> HealthCheck:
    """Return whether there is space for the worktrees of the repository in which the user stands."""
    name, advice = "disk of the worktrees", "free some space: each task has a worktree and an environment"
    try:
        beside = open_repository(folder).top.parent
    except TasksError:
        detail = "not in a repository here; worktrees lie beside the repository of a run"
        return HealthCheck(name=name, status="ok", detail=detail)
    return _space(name, beside / "worktrees" if os.access(beside, os.W_OK) else state.path, advice)


def open_files_check() -> HealthCheck:
    """Return whether a process may open enough files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= FEW_OPEN_FILES:
        return HealthCheck(name="open files", status="ok", detail=f"{_number(soft)} for each process")
    advice = f"raise the limit before `tasks up`: ulimit -n {FEW_OPEN_FILES if hard < 0 else min(hard, 4096)}"
    return HealthCheck(
        name="open files", status="warning", detail=f"only {soft} for each process", advice=advice
    )


def processes_check() -> HealthCheck:
    """Return whether enough processes may still be started, by this user and in this container."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    left = [limit - used for limit, used in _container_processes()]
    if soft != resource.RLIM_INFINITY and os.geteuid() != 0:  # the limit of a user does not bind root
        left.append(soft - count_processes_of(os.geteuid()))
    if not left:
        return HealthCheck(name="processes", status="ok", detail="no limit")
    if min(left) >= FEW_PROCESSES:
        return HealthCheck(name="processes", status="ok", detail=f"{min(left)} more may be started")
    advice = "raise the limit (ulimit -u, or that of the container), or set TASKS_WORKER_MIN to 1"
    detail = f"only {min(left)} more may be started"
    return HealthCheck(name="processes", status="warning", detail=detail, advice=advice)


def _container_processes() -> list[tuple[int, int]]:
    """Return limit and use of the control groups that count us; an unlimited one is left out."""
    try:
        own = Path("/proc/self/cgroup").read_text(encoding="ascii").rpartition("0::/")[2].strip()
        counting = [
            folder for folder in (CGROUPS / own, *(CGROUPS / own).parents) if (folder / "pids.max").is_file()
        ]
        pairs = [
            ((folder / "pids.max").read_text().strip(), (folder / "pids.current").read_text())
            for folder in counting
        ]
    except OSError:
        return []  # no control groups of this kind here
    return [(int(limit), int(used)) for limit, used in pairs if limit != "max"]


def _space(name: str, place: Path, advice: str) -> HealthCheck:
    folder = nearest_folder(place)
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB free at {folder}"
    if free >= LITTLE_BYTES:
        return HealthCheck(name=name, status="ok", detail=detail)
    status: Health = "problem" if free < TOO_LITTLE_BYTES else "warning"
    return HealthCheck(name=name, status=status, detail=detail, advice=advice)


def _number(limit: int) -> str:
    return "any number" if limit == resource.RLIM_INFINITY else str(limit)
