"""Finds Temporal's command, which is its development server too; downloads or builds it if it is missing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from planner.machine.processes import run_short
from schemas.errors import WorkerPoolUnavailable
from workers.temporal_build import build_temporal
from workers.temporal_download import download_temporal

PINNED_VERSION = "1.8.2"
"""The version that deploy/dev_server pins; an older one lacks parts of the server that we use."""

VERSION_SECONDS = 30.0  # to print a version; the binary is 200 MB, and a cold disk is slow

Report = Callable[[str], None]


def find_temporal(environment: Mapping[str, str], report: Report) -> Path:
    """Return the path of a Temporal command that can start a development server.

    In this order: what `locate_temporal` finds, a download by Temporal's SDK (seconds; not with
    TASKS_TEMPORAL_DOWNLOAD=never), a build from the pinned Go modules (minutes, once for each user).

    Args:
        environment: our variables, usually `os.environ`.
        report: told in one line what is going on, whenever it takes time.

    Raises:
        WorkerPoolUnavailable: there is none and none can be made; the message says what was tried.
    """
    found = locate_temporal(environment)
    if found is not None:
        return found
    target = cached_temporal(environment)
    try:
        return _make(target, environment, report)
    except OSError as error:
        raise WorkerPoolUnavailable(
            f"Temporal cannot be put into {target.parent}: {error.strerror or error}",
            hint="give yourself access and space there, name another folder with TASKS_CACHE_DIR, "
            "or set TASKS_TEMPORAL_CLI to the path of Temporal's command",
        ) from error


def locate_temporal(environment: Mapping[str, str]) -> Path | None:
    """Return the Temporal command that is there already, None when it must be downloaded or built.

    In this order: TASKS_TEMPORAL_CLI, `temporal` on PATH if it is new enough, the user's cache.

    Raises:
        WorkerPoolUnavailable: TASKS_TEMPORAL_CLI names something that is not Temporal's command.
    """
    named = environment.get("TASKS_TEMPORAL_CLI")
    if named:
        return _named_by_the_user(Path(named))
    on_path = shutil.which("temporal", path=environment.get("PATH", os.defpath))
    if on_path:
        version = read_version(Path(on_path))
        if version and _numbers(version) >= _numbers(PINNED_VERSION):
            return Path(on_path)
    cached = cached_temporal(environment)
    return cached if _is_program(cached) else None


def how_found(binary: Path, environment: Mapping[str, str]) -> str:
    """Return in which of its places `locate_temporal` found a command."""
    if environment.get("TASKS_TEMPORAL_CLI"):
        return "named by TASKS_TEMPORAL_CLI"
    if binary == cached_temporal(environment):
        return "in the cache, downloaded or built"
    return "on PATH"


def cached_temporal(environment: Mapping[str, str]) -> Path:
    """Return where a downloaded or built Temporal is kept; TASKS_CACHE_DIR moves it."""
    named = environment.get("TASKS_CACHE_DIR")
    folder = Path(named) if named else user_cache_path("tasks-on-temporal")
    return folder / f"temporal-{PINNED_VERSION}" / "temporal"


def read_version(binary: Path) -> str | None:
    """Return the version that a Temporal command says it has, None when it does not answer like one."""
    try:
        result = run_short([str(binary), "--version"], cwd=Path("/"), timeout_seconds=VERSION_SECONDS)
    except OSError:  # no program at all, or one for another kind of machine
        return None
    found = re.search(r"\btemporal version (\S+)", result.text)
    return found.group(1) if result.ok and found else None


def _named_by_the_user(binary: Path) -> Path:
    # Any version will do here: it is the user's explicit choice, and a build of one's own is 0.0.0-DEV.
    if read_version(binary) is None:
        raise WorkerPoolUnavailable(
            f"TASKS_TEMPORAL_CLI={binary} is not Temporal's command: it does not answer `--version`.",
            hint="Give the path of an executable `temporal`, or unset it to have one found or made.",
        )
    return binary.absolute()


def _make(target: Path, environment: Mapping[str, str], report: Report) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(target, report):
        if _is_program(target):  # made by another process while we waited
            return target
        may_download = environment.get("TASKS_TEMPORAL_DOWNLOAD") != "never"
        if not (may_download and download_temporal(PINNED_VERSION, target, environment, report)):
            build_temporal(PINNED_VERSION, target, environment, report)
    return target


@contextmanager
def _only_one(target: Path, report: Report) -> Iterator[None]:
    """Hold the lock on making target; whoever has to wait for it says so."""
    lock = FileLock(target.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report(f"another process is preparing {target}; waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers to compare; a pre-release counts as older than its release."""
    release, _, pre_release = version.partition("-")
    numbers = tuple(int(part) for part in re.findall(r"\d+", release)[:3])
    return (*numbers, -1 if pre_release else 0)
