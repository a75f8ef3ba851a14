"""Filters of the user's configuration whose program is not installed, such as Git LFS in a container.

Git refuses to check out, and even to look at, a file whose required filter cannot run. Switched off, the
file is what is stored: for Git LFS the small text that points to the content.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from planner.machine.git_call import GitAnswer, call_git, git_environment
from schemas.errors import GitFailed

_COMMANDS = ("clean", "smudge", "process")
_LINE = re.compile(r"filter\.(.+)\.(clean|smudge|process|required)", re.DOTALL)
_FAILED = re.compile(
    r"(?:clean|smudge|external) filter '|filter-process|not found\nfatal: the remote end hung up"
)
_PLAIN_WORD = re.compile(r"[A-Za-z0-9._+/-]+")


def names_a_filter(error: GitFailed) -> bool:
    """Return whether git failed because of a filter."""
    return _FAILED.search(error.message) is not None


def missing_filters(folder: Path) -> tuple[str, ...]:
    """Return the names of the filters whose program is not on PATH."""
    listed: GitAnswer = call_git(folder, "config", "-z", "--get-regexp", r"^filter\..*", ok=(0, 1))
    filters: dict[str, dict[str, str]] = {}
    for entry in os.fsdecode(listed.out_bytes).split("\0"):
        key, _, value = entry.partition("\n")
        if match := _LINE.fullmatch(key):
            filters.setdefault(match[1], {})[match[2]] = value
    return tuple(name for name, values in filters.items() if _is_missing(values))


def switched_off(filters: Iterable[str]) -> tuple[str, ...]:
    """Return the settings under which git leaves the files of these filters as they are."""
    values = (*((command, "") for command in _COMMANDS), ("required", "false"))
    return tuple(f"filter.{name}.{key}={value}" for name in filters for key, value in values)


def _is_missing(values: dict[str, str]) -> bool:
    path = git_environment(os.environ)["PATH"]
    words = [values[command].split(" ")[0] for command in _COMMANDS if values.get(command)]
    return any(_PLAIN_WORD.fullmatch(word) and shutil.which(word, path=path) is None for word in words)
