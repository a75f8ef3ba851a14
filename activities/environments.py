"""Make a worktree's environment afresh and let the plan's `setup` scripts fill it (design 7.5)."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from activities.script_runner import Workbench, how_it_ended, run_script
from planner.machine.processes import CommandResult
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import CheckResult


async def prepare_environment(bench: Workbench, setup: Sequence[str]) -> tuple[CheckResult, ...]:
    """Empty the environment and temporary folders, run each setup script, and return their results.

    To be called after every reset of the worktree: an environment that outlives the tree it was made from
    may hold a copy of other code. It stops at the first script that fails; the phase is then red.

    Returns:
        One result of kind `setup` for each script that was run; none without scripts.
    """
    empty_environment(bench.work)
    results: list[CheckResult] = []
    for number, script in enumerate(setup, start=1):
        log = bench.evidence.log_path(f"setup-{number}")
        ended = await run_script(bench, script, log)
        results.append(_setup_result(bench, script, ended))
        if not ended.ok:
            break
    return tuple(results)


def empty_environment(work: WorkFolder) -> None:
    """Leave the environment and temporary folders of a worktree empty, and let its home exist."""
    for folder in (work.environment, work.temporary):
        remove_folder(folder)
        folder.mkdir(parents=True)
    work.home.mkdir(parents=True, exist_ok=True)


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
