"""Write the files of a codebase."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """Write files by their paths below a folder, and return the folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def commit(root: Path, files: Mapping[str, str], message: str = "Change") -> None:
    """Write files and commit everything; the first time the folder becomes a repository."""
    write_files(root, files)
    if not (root / ".git").exists():
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    for arguments in (("add", "-A"), ("commit", "-qm", message)):
        subprocess.run(["git", *arguments], cwd=root, check=True)
