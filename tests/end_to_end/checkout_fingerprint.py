"""Everything about a user's checkout that a run must not touch, as one value to compare."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

OF_A_RUN = ("refs/heads/feature/", "refs/heads/task/", "refs/tasks/")


def fingerprint(repository: Path) -> dict[str, str]:
    """Return the state of a checkout: files, index, HEAD, branch, stash, configuration, hooks and status.

    The refs that belong to runs are left out.
    """
    git = repository / ".git"
    files = [path for path in repository.rglob("*") if path.is_file() and git not in path.parents]
    files += [git / name for name in ("index", "HEAD", "config", "logs/HEAD", "logs/refs/stash")]
    files += list((git / "hooks").iterdir())
    seen = {str(path.relative_to(repository)): _content(path) for path in files}
    seen["status"] = _git(repository, "status", "--porcelain=v2", "--branch", "--ignored")
    seen["stash"] = _git(repository, "stash", "list", "--format=%H %gs")
    refs = _git(repository, "for-each-ref").splitlines()
    seen["refs"] = "\n".join(line for line in refs if not line.split("\t")[1].startswith(OF_A_RUN))
    return seen


def _content(path: Path) -> str:
    if not path.exists():
        return "not there"
    return f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _git(repository: Path, *arguments: str) -> str:
    # Without this, looking would already rewrite the index.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    argv = ["git", "-C", str(repository), *arguments]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=True).stdout
