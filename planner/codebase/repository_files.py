"""Which files a codebase consists of: what git knows and does not ignore, else what lies in the folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from planner.machine.processes import run_short

MAX_FILES = 50_000
MAX_READ_BYTES = 1_000_000
FOREIGN_FOLDERS = frozenset(
    (
        *(
            ".git",
            ".hg",
            ".svn",
            ".idea",
            ".gradle",
            "node_modules",
            "vendor",
            ".venv",
            "venv",
            "__pycache__",
        ),
        *(".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", "dist", "build", "target"),
    )
)
# What a repository's own configuration could make git run is switched off: the survey runs no code of it.
GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


@dataclass(frozen=True, slots=True)
class RepositoryFiles:
    """The regular files below a folder, as sorted paths with `/`, and what was left out and why."""

    root: Path
    paths: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def read(self, path: str) -> str | None:
        """Return the text of a file; None when it is too large or cannot be read."""
        try:
            with (self.root / path).open("rb") as file:
                data = file.read(MAX_READ_BYTES + 1)
        except OSError:
            return None
        return None if len(data) > MAX_READ_BYTES else data.decode("utf-8", "replace")


def list_repository_files(root: Path) -> RepositoryFiles:
    """Return the files of a codebase, without ignored ones and without following any link.

    Raises:
        OSError: the folder itself cannot be read.
    """
    warnings: list[str] = []
    names = _git_files(root)
    if names is None:
        names = _walked_files(root, warnings)
    paths: list[str] = []
    skipped: list[str] = []
    for name in sorted(set(names)):
        reason = _why_skipped(root, name)
        if reason is None:
            paths.append(name)
        elif reason:
            skipped.append(f"{name}: {reason}")
    if len(paths) > MAX_FILES:
        warnings.append(f"only the first {MAX_FILES} of {len(paths)} files were looked at")
    return RepositoryFiles(root, tuple(paths[:MAX_FILES]), tuple(skipped), tuple(warnings))


def _git_files(root: Path) -> list[str] | None:
    """Return what git lists below the folder; None when there is no git repository that it belongs to."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    argv = (*GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    result = run_short(argv, root, environment)
    if not result.ok:
        return None
    names = [os.fsdecode(name) for name in result.stdout.split(b"\0") if name]
    # A folder that a repository around it ignores lists nothing: it is a codebase of its own.
    return names if names or (root / ".git").exists() else None


def _walked_files(root: Path, warnings: list[str]) -> list[str]:
    next(root.iterdir(), None)  # raises: os.walk would pass over a root that cannot be read
    found: list[str] = []
    for folder, folders, files in os.walk(root, onerror=lambda error: warnings.append(_unreadable(error))):
        folders[:] = sorted(name for name in folders if name not in FOREIGN_FOLDERS)
        found += [Path(folder, name).relative_to(root).as_posix() for name in files]
        if len(found) > MAX_FILES:
            warnings.append(f"the folder has more than {MAX_FILES} files; the rest was not looked at")
            break
    return found


def _unreadable(error: OSError) -> str:
    return f"{error.filename} cannot be read: {error.strerror}"


def _why_skipped(root: Path, name: str) -> str | None:
    """Return why a file is left out; empty when that is nothing to speak of, None when it is not."""
    try:
        name.encode()
        mode = (root / name).lstat().st_mode
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    except OSError:
        return ""  # deleted, and git still knows it
    if stat.S_ISLNK(mode):
        return "a link is not followed"
    if stat.S_ISDIR(mode):
        return "a repository of its own"
    if _below_link(root, name):
        return "it lies behind a link"
    return None if stat.S_ISREG(mode) else "not a regular file"


def _below_link(root: Path, name: str) -> bool:
    folders: Iterable[Path] = Path(name).parents
    return any((root / folder).is_symlink() for folder in folders if folder != Path())
