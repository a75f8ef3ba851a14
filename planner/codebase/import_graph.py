"""Which file of a codebase imports which other, resolved in the way of each language."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from planner.codebase.code_facts import CodeImport, FileFacts
from planner.codebase.go_packages import GoPackages
from planner.codebase.python_modules import PythonModules
from planner.codebase.ruby_constants import RubyConstants
from planner.codebase.rust_modules import RustModules
from planner.codebase.script_modules import ScriptModules

CONFIGURATIONS = ("package.json", "go.mod", "Cargo.toml")


@dataclass(frozen=True, slots=True)
class ImportGraph:
    """For each file what it imports: files, and for Go the folders of packages (`.` is the top)."""

    edges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return the number of edges."""
        return sum(map(len, self.edges.values()))

    def importers(self) -> dict[str, tuple[str, ...]]:
        """Return for each imported file or folder who imports it."""
        found: dict[str, list[str]] = defaultdict(list)
        for importer, targets in self.edges.items():
            for target in targets:
                found[target].append(importer)
        return {target: tuple(importers) for target, importers in found.items()}


class _Resolver(Protocol):
    def targets(self, importer: str, found: CodeImport) -> Iterable[str]: ...


def is_import_configuration(path: str) -> bool:
    """Return whether a file decides what an import leads to."""
    name = posixpath.basename(path)
    is_script = name.startswith(("tsconfig", "jsconfig")) and name.endswith(".json")
    return name in CONFIGURATIONS or is_script


def import_graph(
    paths: Iterable[str], facts: Mapping[str, FileFacts], configurations: Mapping[str, str]
) -> ImportGraph:
    """Return the import graph.

    Args:
        paths: all files of the codebase.
        facts: what was read from its source files.
        configurations: the texts of the files that `is_import_configuration` names.
    """
    known = tuple(paths)
    scripts = ScriptModules(known, configurations)
    resolvers: dict[str, _Resolver] = {
        "Python": PythonModules(known),
        "TypeScript": scripts,
        "JavaScript": scripts,
        "Go": GoPackages(known, configurations),
        "Rust": RustModules(facts, configurations),
        "Ruby": RubyConstants(facts),
    }
    edges: dict[str, tuple[str, ...]] = {}
    for path in sorted(facts):
        resolver = resolvers.get(facts[path].language)
        if resolver is not None and facts[path].imports:
            targets = {target for found in facts[path].imports for target in resolver.targets(path, found)}
            if targets:
                edges[path] = tuple(sorted(targets))
    return ImportGraph(edges)
