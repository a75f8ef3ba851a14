"""To which folder of the codebase a Go import leads: the module's path in go.mod, and the folder below it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from planner.codebase.code_facts import CodeImport

MODULE = re.compile(r"^module[ \t]+\"?([^\s\"]+)", re.MULTILINE)


class GoPackages:
    """The Go packages of a codebase: folders, by their import paths."""

    def __init__(self, paths: Iterable[str], configurations: Mapping[str, str]) -> None:
        self._folders = {posixpath.dirname(path) for path in paths if path.endswith(".go")}
        modules = [
            (found[1], posixpath.dirname(path))
            for path, text in configurations.items()
            if posixpath.basename(path) == "go.mod" and (found := MODULE.search(text))
        ]
        self._modules = sorted(modules, key=lambda module: -len(module[0]))

    def targets(self, importer: str, found: CodeImport) -> Iterable[str]:
        """Yield the folder of an imported package; nothing when it is not of this codebase."""
        for name, folder in self._modules:
            if found.target == name or found.target.startswith(f"{name}/"):
                target = posixpath.normpath(posixpath.join(folder, found.target[len(name) :].lstrip("/")))
                target = "" if target == "." else target
                if target in self._folders and target != posixpath.dirname(importer):
                    yield target or "."
                return
