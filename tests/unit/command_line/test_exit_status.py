"""Whatever a command raises becomes one message and one exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from schemas.errors import ExitCode, UserAbort, error_classes
from tasks_cli.exit_status import exit_status


def command_that(act: Callable[[], object]) -> click.Command:
    return click.Command("act", callback=act)


def raising(error: BaseException) -> click.Command:
    def act() -> None:
        raise error

    return command_that(act)


@pytest.mark.parametrize("name", error_classes())
def test_an_error_of_ours_ends_with_its_code_and_says_its_hint(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = error_classes()[name]
    assert exit_status(raising(kind("it went wrong", hint="do this\nor that")), []) == kind.exit_code
    shown = capsys.readouterr()
    assert shown.out == ""
    head = "" if kind is UserAbort else "error: "  # what the user asked for is no error
    assert shown.err == f"{head}it went wrong\n  do this\n  or that\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), ExitCode.USER_ABORT),
        (click.Abort(), ExitCode.USER_ABORT),
        (click.UsageError("no"), ExitCode.INVALID_ARGUMENTS),
        (click.FileError("x", "no"), ExitCode.INVALID_ARGUMENTS),
        (click.exceptions.Exit(7), 7),
    ],
)
def test_what_click_raises_has_a_code_of_the_table(error: BaseException, code: int) -> None:
    assert exit_status(raising(error), []) == code


@pytest.mark.parametrize(
    ("answer", "code"), [(None, 0), (5, 5), (ExitCode.WORKER_POOL_UNAVAILABLE, 6), ("x", 0)]
)
def test_a_command_may_answer_with_its_code(answer: object, code: int) -> None:
    assert exit_status(command_that(lambda: answer), []) == code


def test_a_bug_is_70_and_leaves_a_log_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TASKS_STATE_DIR", str(tmp_path))
    assert exit_status(raising(ZeroDivisionError("by nothing")), []) == ExitCode.BUG
    (log,) = (tmp_path / "logs").iterdir()
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    shown = capsys.readouterr().err
    assert str(log) in shown
    assert "Traceback" not in shown


def test_a_state_folder_that_cannot_be_written_does_not_hide_the_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TASKS_STATE_DIR", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert exit_status(raising(ZeroDivisionError("by nothing")), []) == ExitCode.BUG
    assert "by nothing" in capsys.readouterr().err
    assert len(list(tmp_path.glob("bug-*.log"))) == 1
