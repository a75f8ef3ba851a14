"""How a codebase is verified, read from its files in the order in which they are to be trusted."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from planner.codebase.ci_commands import CommandKind, ci_commands
from planner.codebase.ci_jobs import CiJob
from planner.codebase.paths_of_tests import is_test_path
from planner.codebase.repository_files import RepositoryFiles
from schemas.tasks import PlanCommand

MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
JUSTFILES = ("justfile", "Justfile", ".justfile")
TARGETS: dict[str, CommandKind] = {"test": "test", "check": "test", "lint": "lint"}
SCRIPTS: dict[str, CommandKind] = {
    "test": "test",
    "typecheck": "types",
    "type-check": "types",
    "lint": "lint",
    "build": "build",
}
PACKAGE_MANAGERS = (
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
)
IMPORTS_PYTEST = re.compile(r"^[ \t]*(?:import|from)[ \t]+pytest\b", re.MULTILINE)
IMPORTS_UNITTEST = re.compile(r"^[ \t]*(?:import|from)[ \t]+unittest\b", re.MULTILINE)
NO_TEST = "no test specified"
MAX_TEST_FILES = 200
MAX_COMMANDS = 40
TEST_FOLDERS = ("tests", "test")
Trust = Literal["ci", "package scripts", "task runner", "guess"]
Found = Iterator[tuple[str, str, CommandKind]]


@dataclass(frozen=True, slots=True)
class ValidationCommand:
    """A command, the place that shows it, in which way it verifies, and how far it is to be trusted."""

    script: str
    source: str
    kind: CommandKind
    trust: Trust

    def plan_command(self) -> PlanCommand:
        """Return the command as a plan states it."""
        return PlanCommand(script=self.script, origin="survey", source=self.source)


def find_validation_commands(
    files: RepositoryFiles, jobs: tuple[CiJob, ...] = ()
) -> tuple[ValidationCommand, ...]:
    """Return the commands that verify the codebase, the most trusted first; nothing is run to find out.

    What CI runs comes before what the project declares (package scripts, then task runners), and that before
    what its files suggest. A command found twice is as trusted as its better source.
    """
    rules: tuple[tuple[Trust, Callable[[RepositoryFiles], Found]], ...] = (
        ("package scripts", _package_scripts),
        ("task runner", _task_runners),
        ("guess", _pytest),
        ("guess", _unittest),
        ("guess", _other_languages),
        ("guess", _python_tools),
    )
    found = {
        script: ValidationCommand(script, source, kind, "ci") for script, source, kind in ci_commands(jobs)
    }
    for trust, rule in rules:
        for script, source, kind in rule(files):
            found.setdefault(script, ValidationCommand(script, source, kind, trust))
    return tuple(found.values())[:MAX_COMMANDS]


def default_command(commands: tuple[ValidationCommand, ...]) -> ValidationCommand | None:
    """Return the most trusted command that runs tests, else the most trusted one; None if there is none."""
    return next((command for command in commands if command.kind == "test"), next(iter(commands), None))


def _package_scripts(files: RepositoryFiles) -> Found:
    if "package.json" not in files.paths:
        return
    try:
        package: Any = json.loads(files.read("package.json") or "")
    except (ValueError, RecursionError):
        return
    scripts = package.get("scripts") if isinstance(package, dict) else None
    manager = next((name for lock, name in PACKAGE_MANAGERS if lock in files.paths), "npm")
    for name, kind in SCRIPTS.items():
        script = scripts.get(name) if isinstance(scripts, dict) else None
        if isinstance(script, str) and script.strip() and NO_TEST not in script:
            run = "test" if name == "test" and manager != "bun" else f"run {name}"
            yield f"{manager} {run}", f"package.json: scripts.{name}", kind


def _task_runners(files: RepositoryFiles) -> Found:
    for names, runner in ((MAKEFILES, "make"), (JUSTFILES, "just")):
        file = next((name for name in names if name in files.paths), None)
        text = (files.read(file) or "") if file is not None else ""
        for target, kind in TARGETS.items():
            if re.search(rf"^{target}(?:[ \t][^:=\n]*)?:(?!=)", text, re.MULTILINE):
                yield f"{runner} {target}", f"{file}: target {target}", kind
    if "noxfile.py" in files.paths:
        yield "nox", "noxfile.py", "test"
    if "tox.ini" in files.paths:
        yield "tox", "tox.ini", "test"
    elif "tool.tox" in _toml_tables(files):
        yield "tox", "pyproject.toml: [tool.tox]", "test"


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
        yield "python3 -m pytest -q", source, "test"


def _unittest(files: RepositoryFiles) -> Found:
    importing = _first_test_file(files, IMPORTS_UNITTEST)
    if importing is None:
        return
    folder = importing.split("/", 1)[0] if "/" in importing else ""
    command = "python3 -m unittest discover"
    # Discovery from above a folder that is no package finds no tests, and says that all of them passed.
    if folder in TEST_FOLDERS:
        command += f" -s {folder}" + (" -t ." if f"{folder}/__init__.py" in files.paths else "")
    yield command, f"{importing} imports unittest", "test"


def _other_languages(files: RepositoryFiles) -> Found:
    if "Cargo.toml" in files.paths:
        yield "cargo test", "Cargo.toml", "test"
    if "go.mod" in files.paths:
        yield "go test ./...", "go.mod", "test"
    if "Gemfile" in files.paths and ".rspec" in files.paths:
        yield "bundle exec rspec", ".rspec", "test"


def _python_tools(files: RepositoryFiles) -> Found:
    tables = _toml_tables(files)
    if "tool.ruff" in tables:
        yield "ruff check", "pyproject.toml: [tool.ruff]", "lint"
    if "tool.mypy" in tables:
        yield "mypy .", "pyproject.toml: [tool.mypy]", "types"


def _first_test_file(files: RepositoryFiles, pattern: re.Pattern[str]) -> str | None:
    # A test file further down belongs to an example or to a package that is tested by itself.
    tests = [
        path
        for path in files.paths
        if path.endswith(".py")
        and is_test_path(path)
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
