"""Which files a codebase consists of: what git knows and does not ignore, else what lies in the folder."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from planner.codebase.ignore_rules import IgnoreRules
from planner.codebase.plain_files import read_plain_file
from planner.machine.processes import run_short

MAX_FILES = 50_000
MAX_READ_BYTES = 2_000_000
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
        data = self.read_bytes(path)
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else None

    def read_bytes(self, path: str) -> bytes | str:
        """Return the bytes of a file, or why it is not read; a link in its place is never followed."""
        return read_plain_file(self.root / path, MAX_READ_BYTES)


def list_repository_files(root: Path) -> RepositoryFiles:
    """Return the files of a codebase, without ignored ones and without following any link.

    Raises:
        OSError: the folder itself cannot be read.
    """
    warnings: list[str] = []
    names = _git_files(root, warnings)
    if names is None:
        names = _walked_files(root, warnings)
    paths: list[str] = []
    skipped: list[str] = []
    links: dict[str, bool] = {}
    for name in sorted(set(names)):
        reason = _why_skipped(root, name, links)
        if reason is None:
            paths.append(name)
        elif reason:
            skipped.append(f"{name}: {reason}")
    if len(paths) > MAX_FILES:
        warnings.append(f"only the first {MAX_FILES} of {len(paths)} files were looked at")
    return RepositoryFiles(root, tuple(paths[:MAX_FILES]), tuple(skipped), tuple(warnings))


def _git_files(root: Path, warnings: list[str]) -> list[str] | None:
    """Return what git lists below the folder; None when there is no git repository that it belongs to."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    argv = (*GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    result = run_short(argv, root, environment)
    if not result.ok:
        return None
    names = [os.fsdecode(name) for name in result.stdout.split(b"\0") if name]
    said = result.stderr.decode("utf-8", "replace").splitlines()
    warnings += [
        line.removeprefix("warning: ") for line in said if line.startswith("warning: could not open")
    ]
    # A folder that a repository around it ignores lists nothing: it is a codebase of its own.
    return names if names or (root / ".git").exists() else None


def _walked_files(root: Path, warnings: list[str]) -> list[str]:
    next(root.iterdir(), None)  # raises: os.walk would pass over a root that cannot be read
    found: list[str] = []
    ignored = IgnoreRules(root)
    for folder, folders, files in os.walk(root, onerror=lambda error: warnings.append(_unreadable(error))):
        here = Path(folder).relative_to(root).as_posix()
        ignored.enter(here)
        below = "" if here == "." else f"{here}/"
        found += [f"{below}{name}" for name in folders if Path(folder, name).is_symlink()]
        folders[:] = sorted(
            name
            for name in folders
            if name not in FOREIGN_FOLDERS and not ignored.matches(f"{below}{name}", is_folder=True)
        )
        found += [
            f"{below}{name}" for name in files if not ignored.matches(f"{below}{name}", is_folder=False)
        ]
        if len(found) > MAX_FILES:
            warnings.append(f"the folder has more than {MAX_FILES} files; the rest was not looked at")
            break
    return found


def _unreadable(error: OSError) -> str:
    return f"{error.filename} cannot be read: {error.strerror}"


def _why_skipped(root: Path, name: str, links: dict[str, bool]) -> str | None:
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
    if _below_link(root, name, links):
        return "it lies behind a link"
    return None if stat.S_ISREG(mode) else "not a regular file"


def _below_link(root: Path, name: str, links: dict[str, bool]) -> bool:
    """Return whether a folder on the way to a file is a link; `links` remembers the folders seen before."""
    folder = name.rpartition("/")[0]
    if not folder:
        return False
    if folder not in links:
        links[folder] = (root / folder).is_symlink() or _below_link(root, folder, links)
    return links[folder]
