"""Let git take the content of files in, converted as their attributes ask for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from activities.worktree_call import WorktreeCall
from activities.worktree_git import WorktreeGit
from schemas.errors import ContentFilterFailed, GitFailed


def store_content(git: WorktreeGit, index: Path, options: Sequence[str], paths: Sequence[str]) -> None:
    """Update the paths in an index, content and all.

    Raises:
        ContentFilterFailed: a filter that has to convert one of them cannot run; stored as it is, the
            content would be where it must not be: a large file outside of Git LFS, a secret in clear.
        GitFailed: anything else.
    """
    names = b"".join(os.fsencode(path) + b"\0" for path in paths)
    call = WorktreeCall(("update-index", *options, "-z", "--stdin"), index, names)
    try:
        git.call(call)
    except GitFailed as error:
        missing = git.notice_missing_filters(error)
        if not missing:
            raise
        # git may only have looked at another file once more, for the sake of the index.
        _refuse_filtered(git, missing, names)
        git.call(call, missing)


def _refuse_filtered(git: WorktreeGit, missing: tuple[str, ...], names: bytes) -> None:
    fields = os.fsdecode(git.run("check-attr", "-z", "--stdin", "filter", input_data=names).out_bytes)
    parts = fields.split("\0")
    found = [(path, name) for path, name in zip(parts[::3], parts[2::3], strict=False) if name in missing]
    if found:
        path, name = found[0]
        raise ContentFilterFailed(
            f"{os.fsencode(path).decode('utf-8', 'backslashreplace')} must be stored through the filter "
            f"{name!r}, whose program is not installed where the workers run"
        )
