"""The names that tsconfig.json and jsconfig.json give to paths, with what these files extend."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.codebase.json_with_comments import object_in, read_json_object

CONFIGS = ("tsconfig.json", "jsconfig.json")
MOST_EXTENDS = 8


@dataclass(frozen=True, slots=True)
class _Aliases:
    """The paths that patterns stand for, and where all other names begin."""

    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: str | None = None


class ScriptAliases:
    """What the configurations of a codebase say of names; the nearest one above a file counts for it."""

    def __init__(self, configurations: Mapping[str, str]) -> None:
        self._texts = configurations
        self._nearest: dict[str, _Aliases | None] = {}
        self._known: dict[str, _Aliases] = {}

    def places(self, folder: str, name: str) -> Iterator[str]:
        """Yield the paths that a name could stand for in the files of a folder, the best first."""
        aliases = self._of_folder(folder)
        if aliases is None:
            return
        for pattern, places in aliases.patterns:
            middle = wildcard(pattern, name)
            if middle is not None:
                yield from (place.replace("*", middle) for place in places)
        if aliases.base is not None:
            yield posixpath.join(aliases.base, name)

    def _of_folder(self, folder: str) -> _Aliases | None:
        if folder not in self._nearest:
            paths = (posixpath.join(folder, name) for name in CONFIGS)
            own = next((path for path in paths if path in self._texts), None)
            above = self._of_folder(posixpath.dirname(folder)) if folder else None
            self._nearest[folder] = self._read(own, MOST_EXTENDS) if own is not None else above
        return self._nearest[folder]

    def _read(self, path: str, left: int) -> _Aliases:
        """Return the aliases of a configuration; what it extends counts where it says nothing itself."""
        if path not in self._known:
            self._known[path] = _Aliases()  # what it says to one that it extends, should they form a circle
            self._known[path] = self._parsed(path, left)
        return self._known[path]

    def _parsed(self, path: str, left: int) -> _Aliases:
        config = read_json_object(self._texts.get(path))
        folder = posixpath.dirname(path)
        options = object_in(config, "compilerOptions")
        inherited = _Aliases()
        for target in self._extended(config, folder) if left else ():
            inherited = self._read(target, left - 1)
        base = options.get("baseUrl")
        start = posixpath.normpath(posixpath.join(folder, base)) if isinstance(base, str) else inherited.base
        named = object_in(options, "paths")
        if not named:
            return _Aliases(inherited.patterns, start)
        origin = start if start is not None else folder
        patterns = [
            (pattern, tuple(posixpath.join(origin, place) for place in places if isinstance(place, str)))
            for pattern, places in named.items()
            if isinstance(places, list)
        ]
        # A name without a wildcard wins, then the longest prefix.
        patterns.sort(key=lambda entry: ("*" in entry[0], -len(entry[0])))
        return _Aliases(tuple(patterns), start)

    def _extended(self, config: dict[str, object], folder: str) -> Iterator[str]:
        """Yield the configurations of the codebase that one extends; the last of them counts."""
        extended = config.get("extends")
        for name in extended if isinstance(extended, list) else [extended]:
            if isinstance(name, str) and name.startswith("."):
                target = posixpath.normpath(posixpath.join(folder, name))
                yield from (path for path in (target, f"{target}.json") if path in self._texts)


def wildcard(pattern: str, name: str) -> str | None:
    """Return what stands for the `*` of a pattern, empty if it has none; None if the name does not match."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if name == pattern else None
    is_met = name.startswith(before) and name.endswith(after) and len(name) >= len(before) + len(after)
    return name[len(before) : len(name) - len(after)] if is_met else None
