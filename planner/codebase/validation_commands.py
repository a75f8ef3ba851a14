"""How a codebase is verified, read from its files in the order in which they are to be trusted."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from planner.codebase.python_interfaces import is_test_file
from planner.codebase.repository_files import RepositoryFiles
from schemas.tasks import PlanCommand

MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
MAKE_TEST = re.compile(r"^test[ \t]*:(?!=)", re.MULTILINE)
IMPORTS_PYTEST = re.compile(r"^[ \t]*(?:import|from)[ \t]+pytest\b", re.MULTILINE)
IMPORTS_UNITTEST = re.compile(r"^[ \t]*(?:import|from)[ \t]+unittest\b", re.MULTILINE)
NO_TEST = "no test specified"
MAX_TEST_FILES = 200
TEST_FOLDERS = ("tests", "test")
Found = Iterator[tuple[str, str]]


def find_validation_commands(files: RepositoryFiles) -> tuple[PlanCommand, ...]:
    """Return the commands that verify the codebase, the most trusted first; nothing is run to find out.

    What the project declares (package scripts, task runners) comes before what its files suggest.
    """
    rules: tuple[Callable[[RepositoryFiles], Found], ...] = (
        _package_scripts,
        _task_runners,
        _pytest,
        _unittest,
        _compiled_languages,
    )
    return tuple(
        PlanCommand(script=script, origin="survey", source=source)
        for rule in rules
        for script, source in rule(files)
    )


def _package_scripts(files: RepositoryFiles) -> Found:
    if "package.json" not in files.paths:
        return
    try:
        package: Any = json.loads(files.read("package.json") or "")
    except (ValueError, RecursionError):
        return
    scripts = package.get("scripts") if isinstance(package, dict) else None
    script = scripts.get("test") if isinstance(scripts, dict) else None
    if isinstance(script, str) and script.strip() and NO_TEST not in script:
        yield "npm test", "package.json: scripts.test"


def _task_runners(files: RepositoryFiles) -> Found:
    makefile = next((name for name in MAKEFILES if name in files.paths), None)
    if makefile is not None and MAKE_TEST.search(files.read(makefile) or ""):
        yield "make test", f"{makefile}: target test"
    if "noxfile.py" in files.paths:
        yield "nox", "noxfile.py"
    if "tox.ini" in files.paths:
        yield "tox", "tox.ini"
    elif "tool.tox" in _toml_tables(files):
        yield "tox", "pyproject.toml: [tool.tox]"


def _pytest(files: RepositoryFiles) -> Found:
    source = None
    if "tool.pytest" in _toml_tables(files):
        source = "pyproject.toml: [tool.pytest]"
    elif "pytest.ini" in files.paths:
        source = "pytest.ini"
    elif "tool:pytest" in _setup_sections(files):
        source = "setup.cfg: [tool:pytest]"
    else:
        importing = _first_test_file(files, IMPORTS_PYTEST)
        source = f"{importing} imports pytest" if importing else None
    if source is not None:
        yield "python3 -m pytest -q", source


def _unittest(files: RepositoryFiles) -> Found:
    importing = _first_test_file(files, IMPORTS_UNITTEST)
    if importing is None:
        return
    folder = importing.split("/", 1)[0] if "/" in importing else ""
    command = "python3 -m unittest discover"
    # Discovery from above a folder that is no package finds no tests, and says that all of them passed.
    if folder in TEST_FOLDERS:
        command += f" -s {folder}" + (" -t ." if f"{folder}/__init__.py" in files.paths else "")
    yield command, f"{importing} imports unittest"


def _compiled_languages(files: RepositoryFiles) -> Found:
    if "Cargo.toml" in files.paths:
        yield "cargo test", "Cargo.toml"
    if "go.mod" in files.paths:
        yield "go test ./...", "go.mod"


def _first_test_file(files: RepositoryFiles, pattern: re.Pattern[str]) -> str | None:
    # A test file further down belongs to an example or to a package that is tested by itself.
    tests = [
        path
        for path in files.paths
        if path.endswith(".py")
        and is_test_file(path)
        and path.rpartition("/")[0].split("/")[0] in ("", *TEST_FOLDERS)
    ]
    return next((path for path in tests[:MAX_TEST_FILES] if pattern.search(files.read(path) or "")), None)


def _toml_tables(files: RepositoryFiles) -> set[str]:
    if "pyproject.toml" not in files.paths:
        return set()
    try:
        tool = tomllib.loads(files.read("pyproject.toml") or "").get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return set()
    return {f"tool.{name}" for name in tool} if isinstance(tool, dict) else set()


def _setup_sections(files: RepositoryFiles) -> set[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    if "setup.cfg" not in files.paths:
        return set()
    try:
        parser.read_string(files.read("setup.cfg") or "")
    except configparser.Error:
        return set()
    return set(parser.sections())
