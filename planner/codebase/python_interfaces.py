"""What the Python code of a codebase offers: its public classes and functions, and what can be extended."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from planner.codebase.code_facts import CodeSymbol, PlacedSymbol, SymbolKind
from planner.codebase.repository_files import RepositoryFiles

MAX_NAMES = 200
MAX_FILES = 3000
TEST_PATH = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")
ABSTRACT_BASES = frozenset(("ABC", "Protocol", "ABCMeta"))
SCRIPTS = frozenset(("setup", "noxfile", "__main__"))


@dataclass(frozen=True, slots=True)
class PythonInterfaces:
    """Dotted names, sorted; `warnings` says what could not be parsed or was too much."""

    apis: tuple[str, ...] = ()
    extension_points: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    symbols: tuple[PlacedSymbol, ...] = ()


def is_test_file(path: str) -> bool:
    """Return whether a Python file belongs to the tests, by its path."""
    return TEST_PATH.search(path) is not None


def find_python_interfaces(files: RepositoryFiles) -> PythonInterfaces:
    """Return the public top-level classes and functions of the modules that are not tests; nothing is run."""
    paths = [path for path in files.paths if path.endswith(".py") and _is_public(path)]
    apis: set[str] = set()
    points: set[str] = set()
    unparsed: list[str] = []
    symbols: list[PlacedSymbol] = []
    for path in paths[:MAX_FILES]:
        tree = _parse(files.read(path))
        if tree is None:
            unparsed.append(path)
            continue
        module = _module_name(path)
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                if node.name.startswith("_"):
                    continue
                apis.add(f"{module}.{node.name}")
                kind: SymbolKind = "class" if isinstance(node, ast.ClassDef) else "function"
                symbol = CodeSymbol(node.name, kind, node.lineno)
                symbols.append(PlacedSymbol(path, f"{module}.{node.name}", symbol))
                if isinstance(node, ast.ClassDef) and _is_abstract(node):
                    points.add(f"{module}.{node.name}")
    notes = _notes(len(paths), len(apis), unparsed)
    return PythonInterfaces(
        tuple(sorted(apis)[:MAX_NAMES]), tuple(sorted(points)[:MAX_NAMES]), notes, tuple(symbols)
    )


def _parse(text: str | None) -> ast.Module | None:
    if text is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd escapes in somebody else's strings are not our business
        try:
            return ast.parse(text.removeprefix("\ufeff"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _notes(paths: int, apis: int, unparsed: Iterable[str]) -> tuple[str, ...]:
    notes = [f"{path} is not Python that can be parsed, or too large; it was left out" for path in unparsed]
    if paths > MAX_FILES:
        notes.append(f"the interfaces of only {MAX_FILES} of {paths} Python modules were looked at")
    if apis > MAX_NAMES:
        notes.append(f"only the first {MAX_NAMES} of {apis} public names are listed")
    return tuple(notes)


def _is_public(path: str) -> bool:
    parts = PurePosixPath(path).with_suffix("").parts
    is_private = any(part.startswith(("_", ".")) and part != "__init__" for part in parts)
    return not is_private and not is_test_file(path) and parts[-1] not in SCRIPTS


def _module_name(path: str) -> str:
    parts = [part for part in PurePosixPath(path).with_suffix("").parts if part != "__init__"]
    if len(parts) > 1 and parts[0] in ("src", "lib"):
        parts = parts[1:]
    return ".".join(parts) or PurePosixPath(path).stem


def _is_abstract(node: ast.ClassDef) -> bool:
    bases = [*node.bases, *(keyword.value for keyword in node.keywords if keyword.arg == "metaclass")]
    return any(_last_name(base) in ABSTRACT_BASES for base in bases)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
