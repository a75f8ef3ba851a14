"""The files that a check may read: inside the worktree, regular, of a bounded size, and fresh."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from planner.machine.work_folder import WorkFolder

LARGEST_REPORT = 50_000_000
MOST_FILES = 200_000
# Reports are not written there, and these folders may hold a hundred thousand files.
NOT_SEARCHED = frozenset({".git", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".nox"})


class OutsideWorktree(Exception):
    """A path leads out of the worktree, directly or over a link; the message is for the user."""


def inside(worktree: Path, path: str) -> Path:
    """Return the place of a path given relative to the worktree's root.

    Raises:
        OutsideWorktree: the path is absolute, climbs out, or leads out over a symbolic link.
    """
    if path.startswith("/") or "\0" in path:
        raise OutsideWorktree(f"{path} is not a path inside the repository: write it relative to its root")
    top = os.path.realpath(worktree)
    place = os.path.realpath(worktree / path)
    if place != top and not place.startswith(f"{top}{os.sep}"):
        raise OutsideWorktree(
            f"{path} leads out of the repository, to {place}: only files in it are looked at"
        )
    return Path(place)


def read_report(place: Path) -> bytes:
    """Return the content of a regular file.

    Raises:
        ValueError: it is no regular file, or larger than 50 MB; the message is for the user.
        OSError: it cannot be read.
    """
    found = place.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{place.name} is no regular file")
    if found.st_size > LARGEST_REPORT:
        raise ValueError(
            f"{place.name} has {found.st_size} bytes, more than the {LARGEST_REPORT} that are read"
        )
    return place.read_bytes()


def clock_of_the_disk(work: WorkFolder) -> int:
    """Return the time in nanoseconds as this disk stamps files: it lags behind the clock by milliseconds."""
    work.temporary.mkdir(parents=True, exist_ok=True)
    marker = work.temporary / f".clock-{os.getpid()}"
    marker.touch()
    now = marker.stat().st_mtime_ns
    marker.unlink()
    return now


def fresh_reports(worktree: Path, suffixes: tuple[str, ...], since_ns: int) -> Iterator[tuple[str, bytes]]:
    """Return name and content of the worktree's files of these suffixes that were written since then."""
    seen = 0
    for folder, below, names in os.walk(worktree):
        below[:] = sorted(name for name in below if name not in NOT_SEARCHED)
        for name in sorted(names):
            seen += 1
            if seen > MOST_FILES:
                return
            if not name.endswith(suffixes):
                continue
            place = Path(folder, name)
            found = place.lstat()
            if (
                stat.S_ISREG(found.st_mode)
                and found.st_mtime_ns >= since_ns
                and found.st_size < LARGEST_REPORT
            ):
                shown = os.fsencode(place.relative_to(worktree)).decode("utf-8", "backslashreplace")
                yield shown, place.read_bytes()
