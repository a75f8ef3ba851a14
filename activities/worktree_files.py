"""Copy and delete files of a worktree, whatever somebody did to them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def copy_index(source: Path, target: Path) -> None:
    """Copy an index at once, with its time.

    Git trusts a file that is older than the index without reading it: with a newer time, a change made in
    the second of the checkout would go unseen.
    """
    draft = target.with_name(f"{target.name}.copy")
    shutil.copy2(source, draft)
    draft.replace(target)


def delete(path: Path) -> None:
    """Delete a file or a whole folder, if it is there, also one that somebody made read-only."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    try:
        shutil.rmtree(path)
    except PermissionError:
        make_writable(path)
        shutil.rmtree(path)
    except FileNotFoundError:
        delete(path)  # somebody else deletes, too


def make_writable(folder: Path) -> None:
    """Allow the owner everything in a folder and below; module caches make their folders read-only."""
    folder.chmod(0o700)
    for parent, names, _ in os.walk(folder):
        for name in names:
            child = Path(parent, name)
            if not child.is_symlink():
                child.chmod(0o700)
