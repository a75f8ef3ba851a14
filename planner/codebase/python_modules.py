"""To which file of the codebase a Python import leads."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from planner.codebase.code_facts import CodeImport

SOURCE_FOLDERS = ("src", "lib")
PACKAGE_FILE = "__init__"
ENDINGS = (".py", ".pyi")


class PythonModules:
    """The Python modules of a codebase, by their dotted names.

    A module has a name from each folder that imports can begin in: the top, `src` and `lib`, the folder that
    holds its outermost package; a script beside others is known to those only.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        own = [PurePosixPath(path) for path in paths if path.endswith(ENDINGS)]
        self._packages = {str(path.parent) for path in own if path.stem == PACKAGE_FILE}
        self._modules: dict[str, list[str]] = defaultdict(list)
        self._scripts: dict[tuple[str, str], str] = {}
        for path in own:
            root = self._root(path)
            for start in sorted({"", root, *(name for name in SOURCE_FOLDERS if path.parts[0] == name)}):
                if start and root == str(path.parent) and start not in SOURCE_FOLDERS:
                    self._scripts[start, path.stem] = str(path)
                else:
                    self._modules[_dotted(path, start)].append(str(path))

    def targets(self, importer: str, found: CodeImport) -> Iterable[str]:
        """Yield the files an import leads to: a module named in `from`, else the module it is taken from."""
        is_from = found.form == "from"
        names = found.names if is_from else ("",)
        base = self._absolute(importer, found.target) if is_from else found.target
        for name in names:
            target = self._module(importer, f"{base}.{name}".strip(".")) if name not in ("", "*") else None
            target = target or self._module(importer, base)
            if target is not None and target != importer:
                yield target

    def _root(self, path: PurePosixPath) -> str:
        """Return the folder that holds the outermost package of a module."""
        folder = path.parent
        while str(folder) in self._packages:
            folder = folder.parent
        return "" if str(folder) == "." else str(folder)

    def _absolute(self, importer: str, target: str) -> str:
        """Return the dotted name, from the top, of what is imported relatively."""
        level = len(target) - len(target.lstrip("."))
        if not level:
            return target
        folder = PurePosixPath(importer).parent.parts
        kept = folder[: len(folder) - (level - 1)]
        return ".".join((*kept, target[level:])).strip(".")

    def _module(self, importer: str, dotted: str) -> str | None:
        """Return the module of a name that is nearest to who imports it."""
        folder = str(PurePosixPath(importer).parent)
        script = self._scripts.get((folder, dotted))
        if script is not None:
            return script
        known = self._modules.get(dotted, [])
        if not known or (dotted in sys.stdlib_module_names and all("/" in path for path in known)):
            return None
        return min(known, key=lambda path: (-_shared_folders(path, importer), len(path), path))


def module_name(path: str) -> str:
    """Return the dotted name by which a project would speak of a module."""
    parts = [part for part in PurePosixPath(path).with_suffix("").parts if part != PACKAGE_FILE]
    if len(parts) > 1 and parts[0] in SOURCE_FOLDERS:
        parts = parts[1:]
    return ".".join(parts) or PurePosixPath(path).stem


def _dotted(path: PurePosixPath, start: str) -> str:
    parts = path.with_suffix("").parts[len(PurePosixPath(start).parts) if start else 0 :]
    return ".".join(part for part in parts if part != PACKAGE_FILE)


def _shared_folders(path: str, other: str) -> int:
    pairs = zip(path.split("/")[:-1], other.split("/")[:-1], strict=False)
    shared = 0
    for mine, theirs in pairs:
        if mine != theirs:
            break
        shared += 1
    return shared
