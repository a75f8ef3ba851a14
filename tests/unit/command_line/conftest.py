"""A project with a specification in it, and the `tasks` command called in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_cli.command_line import tasks
from tasks_cli.exit_status import exit_status
from tests.unit.command_line.specifications import CYCLE, SPEC

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the user stands; what is remembered is remembered beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "spec.md").write_text(SPEC, encoding="utf-8")
    (folder / "circle.md").write_text(CYCLE, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TASKS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    return folder


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command and returns its exit code, stdout and stderr."""

    def run_tasks(*arguments: str) -> tuple[int, str, str]:
        code = exit_status(tasks, arguments)
        return code, *capsys.readouterr()

    return run_tasks
