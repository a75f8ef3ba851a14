"""Make a worktree's environment afresh and let the plan's `setup` scripts fill it (design 7.5)."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from activities.script_runner import Workbench, how_it_ended, run_script
from activities.uninterrupted import uninterrupted
from planner.machine.processes import CommandResult
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import CheckResult

# What tools fetch again when it is gone, and check when it is there: a download each time would cost minutes.
DOWNLOADED = (".cache", ".cargo/git", ".cargo/registry", ".gradle/caches", ".m2/repository")


async def prepare_environment(bench: Workbench, setup: Sequence[str]) -> tuple[CheckResult, ...]:
    """Empty the environment, temporary and home folders, run each setup script, and return their results.

    To be called after every reset of the worktree: an environment that outlives the tree it was made from
    may hold a copy of other code. It stops at the first script that fails; the phase is then red.

    Returns:
        One result of kind `setup` for each script that was run; none without scripts.
    """
    await uninterrupted(empty_environment, bench.work)  # thousands of files, perhaps
    results: list[CheckResult] = []
    for number, script in enumerate(setup, start=1):
        log = bench.evidence.log_path(f"setup-{number}")
        ended = await run_script(bench, script, log)
        results.append(_setup_result(bench, script, ended))
        if not ended.ok:
            break
    return tuple(results)


def empty_environment(work: WorkFolder) -> None:
    """Leave the environment, temporary and home folders of a worktree empty, but for what was downloaded."""
    for folder in (work.environment, work.temporary):
        if not _is_as_made(folder):
            remove_folder(folder)
            folder.mkdir(parents=True)
    if work.home.is_symlink() or not work.home.is_dir():
        remove_folder(work.home)
    work.home.mkdir(parents=True, exist_ok=True)
    _remove_all_but(frozenset(work.home / name for name in DOWNLOADED), work.home)


def _is_as_made(folder: Path) -> bool:
    try:
        mode = folder.lstat().st_mode
    except OSError:
        return False
    ours = stat.S_ISDIR(mode) and mode & stat.S_IRWXU == stat.S_IRWXU
    return ours and not any(folder.iterdir())


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that is in it, write-protected folders included; links are not followed."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
        return
    if not folder.exists():
        return
    try:
        shutil.rmtree(folder)
    except PermissionError:
        for place, _, _ in os.walk(folder):  # module caches write-protect their folders
            Path(place).chmod(stat.S_IRWXU)
        shutil.rmtree(folder)


def _remove_all_but(kept: frozenset[Path], folder: Path) -> None:
    for entry in list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink() and any(entry in path.parents for path in kept):
            _remove_all_but(kept, entry)
        elif entry not in kept or entry.is_symlink():
            remove_folder(entry)


def _setup_result(bench: Workbench, script: str, ended: CommandResult) -> CheckResult:
    detail = ""
    if not ended.ok:
        detail = (
            f"setup {how_it_ended(ended, bench.deadline_seconds)}, so no check can be run: "
            "mend the setup script or what it installs"
        )
    return CheckResult(
        name=script.strip(),
        kind="setup",
        verdict="green" if ended.ok else "red",
        detail=detail,
        seconds=ended.duration_seconds,
        excerpt="" if ended.ok else bench.evidence.excerpt_of(ended.output_path),
        log=str(ended.output_path),
    )
