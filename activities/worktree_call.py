"""One call of git in a worktree: everything that git would look up there is told to it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from activities.git_commands import GitAnswer, run_git

LONG_SECONDS = 600.0
# A task works on the whole tree, whatever part of it its user has checked out.
WHOLE_TREE = "core.sparseCheckout=false"
KEPT_FOLDERS = 256
USUAL = ("core.fileMode=true", "core.ignoreCase=false", WHOLE_TREE)
_usual: set[tuple[int, int]] = set()


@dataclass(frozen=True, slots=True)
class WorktreeCall:
    """What git is to do, on which index."""

    arguments: tuple[str, ...]
    index: Path
    input_data: bytes | None = None
    timeout_seconds: float = LONG_SECONDS
    ok: tuple[int, ...] = (0,)

    def run(self, worktree: Path, git_dir: Path, settings: tuple[str, ...]) -> GitAnswer:
        """Run it and return git's answer."""
        environment = {
            "GIT_DIR": str(git_dir),
            "GIT_WORK_TREE": str(worktree),
            "GIT_INDEX_FILE": str(self.index),
            "GIT_OPTIONAL_LOCKS": "0",
        }
        return run_git(
            worktree,
            *self.arguments,
            settings=settings,
            input_data=self.input_data,
            environment=environment,
            timeout_seconds=self.timeout_seconds,
            ok=self.ok,
        )


def disk_settings(known_file: Path) -> tuple[str, ...]:
    """Return the settings that git would find out for itself if it made a repository where this file lies.

    A folder that can do what most can is not tried again. Another answer is not kept: somebody may have
    replaced the file while it was looked at.
    """
    folder = known_file.parent.stat()
    key = (folder.st_dev, folder.st_ino)
    if key in _usual:
        return USUAL
    found = _settings_found(known_file)
    if found == USUAL:
        if len(_usual) >= KEPT_FOLDERS:
            _usual.clear()
        _usual.add(key)
    return found


def _settings_found(known_file: Path) -> tuple[str, ...]:
    mode = stat.S_IMODE(known_file.stat().st_mode)
    try:
        known_file.chmod(mode ^ stat.S_IXUSR)
        keeps_modes = stat.S_IMODE(known_file.stat().st_mode) != mode
        known_file.chmod(mode)
    except PermissionError:
        keeps_modes = False
    ignores_case = known_file.with_name(known_file.name.swapcase()).exists()
    return (
        f"core.fileMode={str(keeps_modes).lower()}",
        f"core.ignoreCase={str(ignores_case).lower()}",
        WHOLE_TREE,
    )
