"""Everything below a folder as one value to compare: what differs between two of them was written between."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path


def folder_snapshot(folder: Path) -> dict[str, str]:
    """Return for every path below a folder its kind, mode and content; no link is followed.

    A repository is its files too: equal snapshots have the same refs, objects, index and configuration.
    """
    if not folder.is_dir():
        return {} if not os.path.lexists(folder) else {".": _described(folder)}
    return {str(path.relative_to(folder)): _described(path) for path in sorted(folder.rglob("*"))}


def _described(path: Path) -> str:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return f"link to {path.readlink()}"
    if stat.S_ISREG(mode):
        return f"{mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return f"{mode:o}"
