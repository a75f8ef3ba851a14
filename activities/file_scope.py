"""Which files a task may change: its `file_scope` and its boundaries, as a pure decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pathspec import PathSpec, Pattern

from planner.codebase.paths_of_tests import TEST_GLOBS

_WILDCARD = re.compile(r"[*?\[]")
_CHOICE = re.compile(r"\{([^{}/]*,[^{}/]*)\}")
_WHOLE_TREE = frozenset({"", ".", "*", "**", "**/*"})


def in_scope(path: str, includes: Sequence[str], excludes: Sequence[str] = ()) -> bool:
    """Return whether a path is included and not excluded; without includes everything is.

    A pattern without a wildcard is a file or a folder with all that is below it, named from the top of the
    repository. With wildcards it is read as in .gitignore (`**`, and `*.md` at any depth); `{a,b}` is a
    choice. An exclusion in prose names no path and so excludes nothing.
    """
    return (not _normal(includes) or _matches(path, _normal(includes))) and not _matches(
        path, _normal(excludes)
    )


def is_declared(path: str, includes: Sequence[str]) -> bool:
    """Return whether a pattern narrower than the whole tree includes the path."""
    return _matches(path, tuple(pattern for pattern in _normal(includes) if pattern not in _WHOLE_TREE))


def is_named(path: str, includes: Sequence[str]) -> bool:
    """Return whether the path itself is named, without a wildcard."""
    return path in _normal(includes)


def scope_text(includes: Sequence[str]) -> str:
    """Return a scope in words: the globs for tests, which nobody wrote, are one word."""
    named = [pattern for pattern in includes if pattern not in TEST_GLOBS]
    and_tests = " and tests" if len(named) < len(includes) else ""
    return f"{', '.join(named) or 'the whole tree'}{and_tests}"


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    plain = {pattern for pattern in patterns if not _WILDCARD.search(pattern)}
    if plain & _WHOLE_TREE:
        return True
    if any(path == pattern or path.startswith(f"{pattern}/") for pattern in plain):
        return True
    return _globs(tuple(pattern for pattern in patterns if pattern not in plain)).match_file(path)


def _normal(patterns: Iterable[str]) -> tuple[str, ...]:
    cleaned = (pattern.strip().removeprefix("./").removeprefix("/").rstrip("/") for pattern in patterns)
    return tuple(choice for pattern in cleaned for choice in _choices(pattern))


def _choices(pattern: str) -> list[str]:
    """Return `a.ts` and `a.js` for `a.{ts,js}`."""
    match = _CHOICE.search(pattern)
    if match is None:
        return [pattern]
    variants = (pattern[: match.start()] + word + pattern[match.end() :] for word in match[1].split(","))
    return [choice for variant in variants for choice in _choices(variant)]


@lru_cache(maxsize=256)
def _globs(patterns: tuple[str, ...]) -> PathSpec[Pattern]:
    # '!' and '#' at the beginning mean something in .gitignore; in a scope they are part of the name. So is
    # a backslash: nobody escapes a wildcard in a plan, and a lone one would be an error.
    literal = (pattern.replace("\\", "\\\\") for pattern in patterns)
    return PathSpec.from_lines("gitignore", (re.sub(r"^([!#])", r"\\\1", pattern) for pattern in literal))
