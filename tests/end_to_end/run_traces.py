"""What a run must not leave behind: processes, worktrees, locks, and refs that nobody documents."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from tests.end_to_end.waiting import wait_until
from tests.small_project import git

VANISH_SECONDS = 15.0


def traces_of_run(
    repository: Path, branch: str, run_id: str, service: Callable[[], Collection[int]]
) -> dict[str, list[str]]:
    """Return every trace that should not be there, by kind; only kinds of which there is one.

    Args:
        repository: the user's checkout.
        branch: the run's feature branch, which stays.
        run_id: the run, whose task branches and checkpoints stay.
        service: returns the processes of the local service, which goes on.
    """
    place = str(repository.parent)
    found = {
        "survivors": survivors(place, service),
        "worktrees": _worktrees(repository),
        "locks": _locks(repository),
        "refs": _stray_refs(repository, branch, run_id),
        "repository": _broken_objects(repository),
    }
    return {kind: traces for kind, traces in found.items() if traces}


def survivors(place: str, service: Callable[[], Collection[int]]) -> list[str]:
    """Return the processes that still have to do with a folder, after a time in which they may end."""
    try:
        wait_until(lambda: not _processes_of(place, service()), "", seconds=VANISH_SECONDS)
    except AssertionError:
        return [shown for _, shown in _processes_of(place, service())]
    return []


def kill_survivors(place: str) -> None:
    """Leave nothing to the machine that runs the tests, whatever a test has found."""
    for process, _ in _processes_of(place, ()):
        process.kill()


def _processes_of(place: str, but: Collection[int]) -> list[tuple[psutil.Process, str]]:
    found = []
    for process in psutil.process_iter():
        if process.pid in but or process.pid == os.getpid():
            continue
        try:
            argv = process.cmdline()
            where = [process.cwd(), *argv, *process.environ().values()]
            running = process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if running and any(place in part for part in where):
            found.append((process, f"{process.pid} {' '.join(argv)[:200]}"))
    return found


def _worktrees(repository: Path) -> list[str]:
    lines = git(repository, "worktree", "list", "--porcelain").splitlines()
    known = [line for line in lines if line.startswith("worktree ")][1:]
    folders = [*repository.parent.glob("worktrees/*"), *(repository / ".git" / "worktrees").glob("*")]
    return [*known, *map(str, folders)]


def _locks(repository: Path) -> list[str]:
    """Return the lock files of git, and those of ours that somebody holds: a free one is only a file."""
    folder = repository / ".git"
    ours = set((folder / "tasks" / "locks").glob("*.lock"))
    of_git = [path for path in folder.rglob("*.lock") if path not in ours]
    return [*map(str, of_git), *(f"{path} is held" for path in sorted(ours) if _is_held(path))]


def _is_held(path: Path) -> bool:
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    lock.release()
    return False


def _stray_refs(repository: Path, branch: str, run_id: str) -> list[str]:
    user = git(repository, "symbolic-ref", "HEAD")
    known = (f"refs/heads/task/{run_id}/", f"refs/tasks/{run_id}/", "refs/tasks/plans/", "refs/tasks/plan-")
    refs = git(repository, "for-each-ref", "--format=%(refname)").splitlines()
    expected = {user, f"refs/heads/{branch}"}
    return [ref for ref in refs if ref not in expected and not ref.startswith(known)]


def _broken_objects(repository: Path) -> list[str]:
    argv = ["git", "fsck", "--full", "--strict", "--no-dangling", "--no-progress"]
    done = subprocess.run(argv, cwd=repository, capture_output=True, text=True, check=False)
    return [*done.stdout.splitlines(), *done.stderr.splitlines()] if done.returncode or done.stdout else []
