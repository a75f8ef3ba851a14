"""Commits with their message, tree and trailers; what git has not packed yet is read without a process.

A commit never changes, so each is read once. The repository is given by its common dir: it does not matter
which of its worktrees asks.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from planner.machine.git_call import call_git
from planner.machine.git_reader import check_object_id
from planner.machine.git_trailers import parse_trailers
from schemas.errors import GitFailed

KEPT_COMMITS = 8192
KEPT_REPOSITORIES = 64
_LOOSE = re.compile(rb"commit \d+\0")
_HEADER = re.compile(rb"([0-9a-f]{40,64}) commit (\d+)")


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """A commit of a branch with its message and trailers."""

    commit: str
    tree: str
    parents: tuple[str, ...]
    message: str
    trailers: Mapping[str, str]


_kept: dict[tuple[Path, str], LoggedCommit] = {}


def logged_commit(common: Path, commit: str) -> LoggedCommit:
    """Return one commit.

    Raises:
        GitFailed: there is no such commit.
    """
    return _known(common, check_object_id(commit)) or _asked(common, (commit,))[0]


def tree_of(common: Path, commit: str) -> str:
    """Return the tree of a commit: equal trees are equal files.

    Raises:
        GitFailed: there is no such commit.
    """
    return logged_commit(common, commit).tree


def first_parent_commits(common: Path, base: str, tip: str) -> tuple[LoggedCommit, ...]:
    """Return the commits of a branch since the base, newest first, without what was merged into it.

    Raises:
        GitFailed: there is no such commit.
    """
    found: list[LoggedCommit] = []
    commit = check_object_id(tip)
    replaced = _has_replacements(common)  # looked up once: a run has hundreds of landings
    while commit != base:
        logged = None if replaced else _kept_or_loose(common, commit)
        if logged is None or not logged.parents:  # unknown, or the branch did not grow out of the base
            between = f"{check_object_id(base)}..{tip}"
            names = call_git(common, "rev-list", "--first-parent", between, environment=_place(common)).out
            return _asked(common, names.split())
        found.append(logged)
        commit = logged.parents[0]
    return tuple(found)


def _known(common: Path, commit: str) -> LoggedCommit | None:
    """Return a commit that was read before or lies in a file of its own; None has to be asked of git."""
    return None if _has_replacements(common) else _kept_or_loose(common, commit)


def _kept_or_loose(common: Path, commit: str) -> LoggedCommit | None:
    kept = _kept.get((common, commit))
    if kept is not None:
        return kept
    try:
        raw = zlib.decompress((common / "objects" / commit[:2] / commit[2:]).read_bytes())
    except (OSError, zlib.error):
        return None
    header = _LOOSE.match(raw)
    return _keep(common, _parsed(commit, raw[header.end() :])) if header else None


def _has_replacements(common: Path) -> bool:
    """Return whether git shows other objects in place of some (git-replace): then only git knows which."""
    if (common / "refs/replace").exists():
        return True
    try:
        packed = (common / "packed-refs").stat()
    except FileNotFoundError:
        return False
    return _are_packed(common / "packed-refs", packed.st_mtime_ns, packed.st_size, packed.st_ino)


@lru_cache(maxsize=KEPT_REPOSITORIES)
def _are_packed(packed_refs: Path, _written_ns: int, _size: int, _inode: int) -> bool:
    try:
        return b" refs/replace/" in packed_refs.read_bytes()
    except FileNotFoundError:
        return False


def _asked(common: Path, commits: Sequence[str]) -> tuple[LoggedCommit, ...]:
    """Return commits that git is asked for, in one process for all."""
    if not commits:
        return ()
    names = "".join(f"{commit}^{{commit}}\n" for commit in commits).encode()
    replaced = _has_replacements(common)
    answer = call_git(common, "cat-file", "--batch", input_data=names, environment=_place(common))
    found = tuple(_parsed(*record) for record in _records(answer.out_bytes))
    if not (replaced or _has_replacements(common)):  # what stands in for another may be taken away again
        for logged in found:
            _keep(common, logged)
    return found


def _records(output: bytes) -> Iterator[tuple[str, bytes]]:
    while output:
        header, _, rest = output.partition(b"\n")
        match = _HEADER.fullmatch(header)
        if match is None:
            raise GitFailed(f"git has no such commit: {header.decode('ascii', 'replace')}")
        size = int(match[2])
        yield match[1].decode("ascii"), rest[:size]
        output = rest[size + 1 :]


def _parsed(commit: str, raw: bytes) -> LoggedCommit:
    head, _, body = raw.partition(b"\n\n")
    fields = [line.partition(b" ")[::2] for line in head.split(b"\n")]
    encoding = next((value.decode("latin-1") for key, value in fields if key == b"encoding"), "utf-8")
    try:
        message = body.decode(encoding, "replace")
    except LookupError:  # no encoding that anybody knows
        message = body.decode("utf-8", "replace")
    tree = next(value.decode("ascii") for key, value in fields if key == b"tree")
    parents = tuple(value.decode("ascii") for key, value in fields if key == b"parent")
    return LoggedCommit(commit, tree, parents, message, parse_trailers(message))


def _keep(common: Path, logged: LoggedCommit) -> LoggedCommit:
    if len(_kept) >= KEPT_COMMITS:
        _kept.clear()
    _kept[common, logged.commit] = logged
    return logged


def _place(common: Path) -> dict[str, str]:
    return {"GIT_DIR": str(common)}
