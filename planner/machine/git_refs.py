"""Which refs a repository has, read as git keeps them: files, and a table of what was packed."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from planner.machine.git_call import call_git
from planner.machine.git_reader import is_object_id, ref_commit
from planner.machine.ref_names import check_ref_name
from schemas.errors import InvalidArguments

_PACKED = re.compile(rb"([0-9a-f]{40}) (refs/[^\n]+)\n")
_SYMBOLIC = "ref:"


def refs_below(common: Path, folders: Collection[str], without: str) -> dict[str, str]:
    """Return what the refs in these folders point to, by their full names, sorted.

    Args:
        common: the repository, see `RepositoryFolders.common`.
        folders: full names, such as `refs/tags`.
        without: a folder that is left out, such as `refs/heads/task`.
    """
    if (common / "reftable").exists():
        return _asked(common, folders, without)
    found = {name: value for folder in folders for name, value in _in_files(common, folder, without)}
    # In this order: a ref that is packed meanwhile stands in both.
    try:
        packed = (common / "packed-refs").read_bytes()
    except FileNotFoundError:
        packed = b""
    inside = tuple(f"{folder}/" for folder in folders)
    for commit, raw in _PACKED.findall(packed):
        name = os.fsdecode(raw)
        if name.startswith(inside) and not name.startswith(f"{without}/"):
            found.setdefault(name, commit.decode())
    resolved = ((name, _resolved(common, value)) for name, value in sorted(found.items()))
    return {name: commit for name, commit in resolved if commit is not None}


def _in_files(common: Path, folder: str, without: str) -> Iterator[tuple[str, str]]:
    """Yield the content of each file that is a ref; what git would not take for one is left out."""
    if folder == without:
        return
    try:
        entries = list(os.scandir(common / folder))
    except OSError:  # removed while we looked, or closed to us: git says nothing either
        return
    for entry in entries:
        name = f"{folder}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _in_files(common, name, without)
        elif _is_ref_name(name):
            try:
                yield name, Path(entry.path).read_text("utf-8", "surrogateescape").strip()
            except OSError:  # removed meanwhile, or nothing that git could read
                continue


def _is_ref_name(name: str) -> bool:
    try:
        check_ref_name(name)
    except InvalidArguments:
        return False
    return True


def _resolved(common: Path, value: str) -> str | None:
    if is_object_id(value):
        return value if value.strip("0") else None  # git takes it for broken
    target = value.removeprefix(_SYMBOLIC).strip()
    is_symbolic = value.startswith(_SYMBOLIC) and _is_ref_name(target)
    return ref_commit(common, target) if is_symbolic else None


def _asked(common: Path, folders: Collection[str], without: str) -> dict[str, str]:
    place = {"GIT_DIR": str(common)}
    listed = call_git(
        common, "for-each-ref", "--format=%(objectname) %(refname)", *folders, environment=place
    )
    pairs = (line.partition(" ")[::2] for line in listed.out.split("\n") if line)
    return {name: commit for commit, name in pairs if not name.startswith(f"{without}/")}
