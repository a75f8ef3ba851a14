"""To which file of the codebase an import of TypeScript or JavaScript leads.

Relative paths, `paths` and `baseUrl` of the nearest tsconfig.json or jsconfig.json with what it extends, and
the packages of the codebase by the names in their package.json, as workspaces know each other.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from planner.codebase.code_facts import CodeImport
from planner.codebase.json_with_comments import read_json_object
from planner.codebase.script_aliases import ScriptAliases, wildcard

SOURCE_ENDINGS = (
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".vue",
    ".svelte",
    ".json",
)
WRITTEN_AS = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
BUILT = ("dist", "lib", "build", "out", "esm", "cjs")
ENTRIES = ("source", "types", "typings", "module", "main")


class ScriptModules:
    """The modules of a codebase that TypeScript and JavaScript can import."""

    def __init__(self, paths: Iterable[str], configurations: Mapping[str, str]) -> None:
        self._paths = frozenset(paths)
        self._aliases = ScriptAliases(configurations)
        self._packages: dict[str, tuple[str, dict[str, object]]] = {}
        for path in sorted(configurations, key=lambda path: (path.count("/"), path)):
            if posixpath.basename(path) == "package.json":
                package = read_json_object(configurations[path])
                name = package.get("name")
                if isinstance(name, str):
                    self._packages.setdefault(name, (posixpath.dirname(path), package))

    def targets(self, importer: str, found: CodeImport) -> Iterable[str]:
        """Yield the file an import leads to; nothing when it is not of this codebase."""
        name = found.target.partition("?")[0]
        folder = posixpath.dirname(importer)
        candidates = (posixpath.join(folder, name),) if name.startswith(".") else self._named(folder, name)
        for candidate in candidates:
            target = self._file(candidate)
            if target is not None:
                if target != importer:
                    yield target
                return

    def _named(self, folder: str, name: str) -> Iterator[str]:
        yield from self._aliases.places(folder, name)
        parts = name.split("/")
        own = "/".join(parts[:2] if name.startswith("@") else parts[:1])
        if own in self._packages:
            yield from self._in_package(*self._packages[own], name[len(own) :].lstrip("/"))

    def _in_package(self, folder: str, package: dict[str, object], below: str) -> Iterator[str]:
        """Yield where a package's own file could be: as it says, as its sources lie, as they usually do."""
        exported = _exported(package, below)
        if not below:
            exported += [str(package[entry]) for entry in ENTRIES if isinstance(package.get(entry), str)]
        for place in exported:
            path = posixpath.normpath(posixpath.join(folder, place))
            yield path
            yield from _as_source(folder, path)
        for start in ("", "src", "lib"):
            yield posixpath.join(folder, start, below)

    def _file(self, candidate: str) -> str | None:
        path = posixpath.normpath(candidate)
        if path.startswith(".."):
            return None
        if path in self._paths:
            return path
        stem, ending = posixpath.splitext(path)
        written = [stem + other for other in WRITTEN_AS.get(ending, ())]
        names = [*written, *(path + other for other in SOURCE_ENDINGS)]
        names += [posixpath.normpath(f"{path}/index{other}") for other in SOURCE_ENDINGS]
        return next((name for name in names if name in self._paths), None)


def _exported(package: dict[str, object], below: str) -> list[str]:
    """Return the files that `exports` of a package.json names for a path below the package."""
    exports = package.get("exports")
    wanted = f"./{below}" if below else "."
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        for pattern, value in exports.items():
            middle = wildcard(pattern, wanted)
            if middle is not None:
                return [place.replace("*", middle) for place in _strings(value)]
        return []
    return list(_strings(exports)) if not below else []


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)


def _as_source(folder: str, path: str) -> Iterator[str]:
    """Yield where the source of a built file lies: dist/a.js is made from src/a.ts."""
    relative = posixpath.relpath(path, folder) if folder else path
    parts = relative.split("/")
    if parts[0] in BUILT:
        stem = posixpath.splitext(parts[-1])[0].removesuffix(".d")
        yield posixpath.join(folder, "src", *parts[1:-1], stem)
        yield posixpath.join(folder, "src", stem)
