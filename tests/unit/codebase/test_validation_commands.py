"""Which command verifies a codebase, and why that one."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from planner.codebase.survey import survey


def commands(root: Path, **files: str) -> list[tuple[str, str | None]]:
    """Return the commands and sources found in a folder with these files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [(command.script, command.source) for command in survey(root).verify]


@pytest.mark.parametrize(
    ("files", "command", "source"),
    [
        ({"package.json": '{"scripts": {"test": "jest"}}'}, "npm test", "package.json: scripts.test"),
        ({"Makefile": "all:\n\ntest: all\n\ttrue\n"}, "make test", "Makefile: target test"),
        ({"noxfile.py": ""}, "nox", "noxfile.py"),
        ({"tox.ini": ""}, "tox", "tox.ini"),
        ({"pyproject.toml": "[tool.tox]\n"}, "tox", "pyproject.toml: [tool.tox]"),
        (
            {"pyproject.toml": "[tool.pytest.ini_options]\n"},
            "python3 -m pytest -q",
            "pyproject.toml: [tool.pytest]",
        ),
        ({"setup.cfg": "[tool:pytest]\n"}, "python3 -m pytest -q", "setup.cfg: [tool:pytest]"),
        (
            {"tests/test_a.py": "import pytest\n"},
            "python3 -m pytest -q",
            "tests/test_a.py imports pytest",
        ),
        (
            {"tests/test_a.py": "import unittest\n"},
            "python3 -m unittest discover -s tests",
            "tests/test_a.py imports unittest",
        ),
        (
            {"tests/__init__.py": "", "tests/test_a.py": "import unittest\n"},
            "python3 -m unittest discover -s tests -t .",
            "tests/test_a.py imports unittest",
        ),
        ({"test_a.py": "import unittest\n"}, "python3 -m unittest discover", "test_a.py imports unittest"),
        ({"Cargo.toml": ""}, "cargo test", "Cargo.toml"),
        ({"go.mod": ""}, "go test ./...", "go.mod"),
    ],
)
def test_each_kind_of_project_has_its_command_and_names_its_source(
    tmp_path: Path, files: dict[str, str], command: str, source: str
) -> None:
    assert commands(tmp_path, **files) == [(command, source)]


def test_what_a_project_declares_comes_before_what_its_files_suggest(tmp_path: Path) -> None:
    files = {
        "go.mod": "",
        "tests/test_a.py": "import pytest\n",
        "Makefile": "test:\n",
        "package.json": '{"scripts": {"test": "jest"}}',
    }
    found = commands(tmp_path, **files)
    assert [command for command, _ in found] == [
        "npm test",
        "make test",
        "python3 -m pytest -q",
        "go test ./...",
    ]
    assert [command.script for command in survey(tmp_path).default_verify()] == ["npm test"]


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'},
        {"package.json": "not json"},
        {"package.json": "[1]"},
        {"package.json": '{"scripts": "x"}'},
        {"Makefile": "test := 3\ntests: x\n"},
        {"pyproject.toml": "= broken"},
        {"setup.cfg": "broken"},
        {"examples/tests/test_a.py": "import pytest\n"},
        {},
    ],
)
def test_nothing_is_made_up_where_nothing_is_declared(tmp_path: Path, files: dict[str, str]) -> None:
    assert commands(tmp_path, **files) == []


@pytest.mark.parametrize("package", [True, False])
def test_the_unittest_command_really_finds_a_failing_test(tmp_path: Path, package: bool) -> None:  # noqa: FBT001 - both
    files = {
        "tests/test_a.py": "import unittest\nclass T(unittest.TestCase):\n def test_a(self): self.fail()\n"
    }
    if package:
        files["tests/__init__.py"] = ""
    ((command, _),) = commands(tmp_path, **files)
    ended = subprocess.run(shlex.split(command), cwd=tmp_path, capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"Ran 1 test" in ended.stderr
