"""To which file of the codebase a `require` or a named constant of Ruby leads."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from planner.codebase.code_facts import CodeImport, FileFacts

LOAD_FOLDERS = ("lib", "app", "")
MOST_FILES = 3  # a module that more files open again is a name space: naming it says nothing about a file


class RubyConstants:
    """The Ruby files of a codebase, by the paths they are required with and the constants they define."""

    def __init__(self, facts: Mapping[str, FileFacts]) -> None:
        self._paths = frozenset(path for path in facts if path.endswith((".rb", ".rake")))
        self._required: dict[str, str] = {}
        files: dict[str, set[str]] = defaultdict(set)
        for path in sorted(self._paths):
            for name in _load_names(path):
                self._required.setdefault(name, path)
            for symbol in facts[path].symbols:
                if symbol.kind in ("class", "module"):
                    files[f"{symbol.owner}::{symbol.name}".removeprefix("::")].add(path)
        self._constants = {name: sorted(paths) for name, paths in files.items() if len(paths) <= MOST_FILES}

    def targets(self, importer: str, found: CodeImport) -> Iterable[str]:
        """Yield the files that define what is required or named."""
        if found.form == "require_relative":
            path = posixpath.normpath(posixpath.join(posixpath.dirname(importer), found.target))
            targets = [name for name in (path, f"{path}.rb") if name in self._paths]
        elif found.form == "require":
            required = self._required.get(found.target.removesuffix(".rb"))
            targets = [required] if required is not None else []
        else:
            targets = next((self._constants[name] for name in _scopes(found) if name in self._constants), [])
        return (target for target in targets if target != importer)


def _load_names(path: str) -> Iterator[str]:
    """Yield the names a file can be required with: below each `lib`, `app/*` and the top."""
    parts = posixpath.splitext(path)[0].split("/")
    yield "/".join(parts)
    for number, part in enumerate(parts[:-1]):
        if part in LOAD_FOLDERS:
            yield "/".join(parts[number + 1 :])


def _scopes(found: CodeImport) -> Iterator[str]:
    """Yield the full names a constant could have, as Ruby looks it up: from the inside out."""
    if found.target.startswith("::"):
        yield found.target[2:]
        return
    owner = found.names[0].split("::") if found.names and found.names[0] else []
    for length in range(len(owner), -1, -1):
        yield "::".join([*owner[:length], found.target])
