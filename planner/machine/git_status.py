"""What `git status --porcelain=v2 -z` says, as records; names keep every byte."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

STATUS_COMMAND = ("status", "--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=dirty")
# Fields before the path of an ordinary and of an unmerged entry.
_FIELDS_BEFORE_PATH = {b"1": 8, b"2": 9, b"u": 10}


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One path that differs, with git's two letters: '?' is untracked, '!' ignored and '.' equal."""

    path: str
    index: str
    worktree: str
    submodule: bool = False


def parse_status(output: bytes) -> tuple[StatusEntry, ...]:
    """Return the entries of a status in git's order; a name that is not UTF-8 is escaped as Python does."""
    return tuple(_entries(iter(output.split(b"\0"))))


def _entries(parts: Iterator[bytes]) -> Iterator[StatusEntry]:
    for part in parts:
        kind = part[:1]
        if kind in {b"?", b"!"}:
            letter = kind.decode()
            yield StatusEntry(os.fsdecode(part[2:]), letter, letter)
        elif kind in _FIELDS_BEFORE_PATH:
            fields = part.split(b" ", _FIELDS_BEFORE_PATH[kind])
            letters = fields[1].decode()
            yield StatusEntry(os.fsdecode(fields[-1]), letters[0], letters[1], fields[2].startswith(b"S"))
            if kind == b"2":
                next(parts, None)  # the old name of a rename stands in a part of its own
