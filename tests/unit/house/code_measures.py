"""Measures the size of functions, classes and files, and what a module can reach, from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("schemas", "planner", "activities", "workflows", "workers", "tasks_cli")
MEASURED = (*PACKAGES, "benchmarks", "tests", "deploy")

FUNCTION_LINES, CLASS_LINES, FILE_LINES = 50, 100, 500

# What a decision needs. No clock, no chance, no file, no network can be reached through these.
PURE_MODULES = frozenset(
    (
        "__future__",
        "abc",
        "bisect",
        "collections",
        "dataclasses",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
        "statistics",
        "string",
        "types",
        "typing",
        "pydantic",
        "schemas",
    )
)
PURE_FOLDER = Path("planner/scheduling")
IMPURE_CALLS = frozenset(("open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"))

PROCESS_STARTERS = frozenset(
    (
        "os.system",
        "os.popen",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.posix_spawnp",
        "asyncio.create_subprocess_exec",
        "asyncio.create_subprocess_shell",
    )
)
PROCESS_MODULES = frozenset(("subprocess", "multiprocessing", "pty"))
PROCESS_FOLDER = Path("planner/machine")


def python_files(root: Path, folders: tuple[str, ...] = MEASURED) -> Iterator[Path]:
    """Yield the Python files below these folders of root, in order."""
    for folder in folders:
        yield from sorted((root / folder).rglob("*.py"))


def oversized(root: Path) -> list[str]:
    """Return one line for each function, class or file that reaches its limit (seed 003)."""
    found = []
    for path in python_files(root):
        text = path.read_text(encoding="utf-8")
        place = path.relative_to(root)
        lines = text.count("\n")
        if lines >= FILE_LINES:
            found.append(f"{place}: the file has {lines} lines, it must have fewer than {FILE_LINES}")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size >= limit:
                    found.append(
                        f"{place}:{node.lineno}: {node.name} has {size} lines, not fewer than {limit}"
                    )
    return found


def impurities(root: Path) -> list[str]:
    """Return one line for each way by which the world could get into planner/scheduling.

    Modules of the planner that it imports are looked into as well: a decision is as pure as what it calls.
    """
    found = []
    waiting = list(python_files(root, (str(PURE_FOLDER),)))
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        place = path.relative_to(root)
        for line, name in _imports(path):
            ours = [each for each in _files_of(root, name) if each not in seen]
            seen.update(ours)
            waiting += ours
            if not name.startswith("planner.") and name.partition(".")[0] not in PURE_MODULES:
                found.append(f"{place}:{line}: imports {name}")
        found += [f"{place}:{line}: calls {name}" for line, name in _calls(path) if name in IMPURE_CALLS]
    return sorted(found)


def process_starters(root: Path) -> list[str]:
    """Return one line for each place outside of planner/machine that can start a process."""
    found = []
    for path in python_files(root, PACKAGES):
        place = path.relative_to(root)
        if place.is_relative_to(PROCESS_FOLDER):
            continue
        used = _imports(path) + _calls(path)
        found += [f"{place}:{line}: {name}" for line, name in used if _starts_processes(name)]
    return found


def _starts_processes(name: str) -> bool:
    return name in PROCESS_STARTERS or name.partition(".")[0] in PROCESS_MODULES


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(path: Path) -> list[tuple[int, str]]:
    """Return line and full name of all that a module imports, `from a import b` as a.b."""
    found = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def _calls(path: Path) -> list[tuple[int, str]]:
    """Return line and name of all that a module calls, as it is written there."""
    calls = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    return [(call.lineno, ast.unparse(call.func)) for call in calls]


def _files_of(root: Path, name: str) -> list[Path]:
    """Return the files of the planner that importing a name runs: the modules of that path that exist."""
    parts = name.split(".")
    if parts[0] != "planner":
        return []
    stems = [root.joinpath(*parts[:length]) for length in range(1, len(parts) + 1)]
    candidates = [path for stem in stems for path in (stem.with_suffix(".py"), stem / "__init__.py")]
    return [path for path in candidates if path.is_file()]
