"""To which file of the codebase a `mod` or `use` of Rust leads: the module trees of its crates."""

from __future__ import annotations

import posixpath
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from planner.codebase.code_facts import CodeImport, FileFacts
from planner.codebase.json_with_comments import object_in

ROOT_STEMS = ("lib", "main", "mod", "build")
ROOT_FOLDERS = ("src/bin", "tests", "examples", "benches")


class RustModules:
    """The modules of the Rust crates of a codebase.

    A module is found as the compiler finds it: from the crate's root by its `mod` declarations.
    """

    def __init__(self, facts: Mapping[str, FileFacts], configurations: Mapping[str, str]) -> None:
        self._facts = {path: found for path, found in facts.items() if path.endswith(".rs")}
        self._files: dict[tuple[str, str], str] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self._crates: dict[str, str] = {}
        for manifest in sorted(path for path in configurations if posixpath.basename(path) == "Cargo.toml"):
            self._read_crate(posixpath.dirname(manifest), configurations[manifest])

    def targets(self, importer: str, found: CodeImport) -> Iterable[str]:
        """Yield the file that a declared module lies in, or that the longest part of a used path leads to."""
        find = self._declared if found.form == "mod" else self._used
        target = find(importer, found)
        if target is not None and target != importer:
            yield target

    def _read_crate(self, folder: str, text: str) -> None:
        try:
            manifest: object = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError):
            return
        library = object_in(manifest, "lib").get("path", "src/lib.rs")
        root = posixpath.normpath(posixpath.join(folder, str(library)))
        named = object_in(manifest, "lib").get("name") or object_in(manifest, "package").get("name")
        if isinstance(named, str) and root in self._facts:
            self._crates[named.replace("-", "_")] = root
        for start in (root, *self._other_roots(folder)):
            if start in self._facts:
                self._read_tree(start)

    def _other_roots(self, folder: str) -> Iterator[str]:
        yield from (posixpath.join(folder, name) for name in ("src/main.rs", "build.rs"))
        for name in ROOT_FOLDERS:
            below = posixpath.join(folder, name)
            yield from (path for path in sorted(self._facts) if posixpath.dirname(path) == below)

    def _read_tree(self, root: str) -> None:
        """Follow the `mod` declarations of a crate; a file belongs to the first crate that declares it."""
        waiting = deque([(root, "")])
        while waiting:
            path, module = waiting.popleft()
            if (root, module) in self._files:
                continue
            self._files[root, module] = path
            self._places.setdefault(path, (root, module))
            for found in self._facts[path].imports:
                below = self._declared(path, found) if found.form == "mod" else None
                if below is not None:
                    name = posixpath.splitext(posixpath.basename(below))[0]
                    name = posixpath.basename(posixpath.dirname(below)) if name == "mod" else name
                    name = name if found.target.startswith("path:") else found.target
                    waiting.append((below, _joined(module, _owner(found), name)))

    def _declared(self, path: str, found: CodeImport) -> str | None:
        """Return the file of a module that a file declares."""
        folder = posixpath.dirname(path)
        if found.target.startswith("path:"):
            named = posixpath.normpath(posixpath.join(folder, found.target.removeprefix("path:")))
            return named if named in self._facts else None
        stem = posixpath.splitext(posixpath.basename(path))[0]
        is_root = stem in ROOT_STEMS or self._files.get((path, "")) == path
        start = posixpath.join(
            folder if is_root else posixpath.join(folder, stem), *_owner(found).split("::")
        )
        names = (posixpath.join(start, f"{found.target}.rs"), posixpath.join(start, found.target, "mod.rs"))
        return next((name for name in names if name in self._facts), None)

    def _used(self, importer: str, found: CodeImport) -> str | None:
        root, module = self._places.get(importer, ("", ""))
        here = _joined(module, _owner(found)).split("::") if module or _owner(found) else []
        parts = found.target.removeprefix("::").split("::")
        if parts[0] == "crate":
            return self._longest(root, parts[1:])
        if parts[0] in ("self", "super"):
            while parts and parts[0] in ("self", "super"):
                here = here[:-1] if parts[0] == "super" else here
                parts = parts[1:]
            return self._longest(root, [*here, *parts])
        if (root, "::".join([*here, parts[0]])) in self._files:
            return self._longest(root, [*here, *parts])
        return self._longest(self._crates[parts[0]], parts[1:]) if parts[0] in self._crates else None

    def _longest(self, root: str, parts: list[str]) -> str | None:
        lengths = range(len(parts), -1, -1)
        names = ((root, "::".join(parts[:length])) for length in lengths)
        return next((self._files[name] for name in names if name in self._files), None)


def _owner(found: CodeImport) -> str:
    return found.names[0] if found.names else ""


def _joined(*parts: str) -> str:
    return "::".join(part for part in parts if part)
