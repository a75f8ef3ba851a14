"""Everything about a user's repository that a run must not touch, as one value to compare."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

OF_A_RUN = ("refs/heads/feature/", "refs/heads/task/", "refs/tasks/")
# What belongs to the user in git's own folder: of the repository, and of each of the user's worktrees.
OF_THE_REPOSITORY = ("config", "hooks", "info", "shallow", "objects/info/alternates", "logs/refs/stash")
OF_A_CHECKOUT = ("HEAD", "index", "config.worktree", "info", "logs/HEAD", "ORIG_HEAD", "MERGE_HEAD")
NOTHING_RUNS = (
    *("core.fsmonitor=false", "core.hooksPath=/dev/null"),
    *("filter.lfs.required=false", "filter.lfs.process=", "filter.lfs.clean=", "filter.lfs.smudge="),
)


def fingerprint(repository: Path) -> dict[str, str]:
    """Return the state of a repository, value by value.

    Every checkout of the user's with its files, modes, links and empty folders, with index, HEAD and reflog;
    branches, tags, stash, hooks and configuration. What belongs to runs is left out: their refs, and the
    worktrees that have a lease beside them.
    """
    common = Path(_git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    seen: dict[str, str] = {}
    for name in OF_THE_REPOSITORY:
        seen |= dict(_below(common / name))
    for checkout in _checkouts(repository):
        git_dir = Path(_git(checkout, "rev-parse", "--absolute-git-dir"))
        seen |= dict(_below(checkout, leave_out=git_dir))
        for name in OF_A_CHECKOUT:
            seen |= dict(_below(git_dir / name))
        status = _git(checkout, "status", "--porcelain=v2", "--branch", "--ignored")
        seen[f"status of {checkout}"] = status
    seen["stash"] = _git(repository, "stash", "list", "--format=%H %gs")
    for line in _git(repository, "for-each-ref", "--format=%(refname) %(objectname) %(symref)").splitlines():
        ref = line.split(" ")[0]
        if not ref.startswith(OF_A_RUN):
            seen[ref] = line
            seen |= dict(_below(common / "logs" / ref))
    return seen


def _checkouts(repository: Path) -> list[Path]:
    listed = _git(repository, "worktree", "list", "--porcelain", "-z").split("\0")
    paths = [Path(line.removeprefix("worktree ")) for line in listed if line.startswith("worktree ")]
    # Of a repository whose folder lies elsewhere, git calls that folder the main worktree.
    paths[0] = repository if not (paths[0] / ".git").exists() else paths[0]
    return [path for path in paths if path.is_dir() and not path.with_name(f"{path.name}.lease").exists()]


def _below(place: Path, leave_out: Path | None = None) -> Iterator[tuple[str, str]]:
    """Yield a line for a file or link, or for a folder and everything in it."""
    yield _printable(place), _content(place)
    if place.is_dir() and not place.is_symlink():
        for child in sorted(place.iterdir()):
            if child != leave_out:
                yield from _below(child, leave_out)


def _content(path: Path) -> str:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return "not there"
    if stat.S_ISLNK(found.st_mode):
        return f"-> {_printable(path.readlink())}"
    if stat.S_ISDIR(found.st_mode):
        return f"{found.st_mode:o}"
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{found.st_mode:o} {found.st_mtime_ns} {content}"


def _printable(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _git(repository: Path, *arguments: str) -> str:
    # Looking must neither rewrite the index nor start a program of the user's.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    argv = [
        "git",
        *(part for setting in NOTHING_RUNS for part in ("-c", setting)),
        "-C",
        str(repository),
        *arguments,
    ]
    done = subprocess.run(argv, env=environment, capture_output=True, check=True)
    return os.fsdecode(done.stdout).strip("\n")
