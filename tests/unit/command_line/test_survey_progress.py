"""The bar of a survey is for people who wait, and for nobody else."""

from __future__ import annotations

import io
import os
import pty
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

import pytest

from tasks_cli import survey_progress as module
from tasks_cli.survey_progress import survey_progress


class Terminal:
    """A terminal on stderr, and what has been written to it."""

    def __init__(self) -> None:
        self._screen, keyboard = pty.openpty()
        self.stream = os.fdopen(keyboard, "w")

    def written(self) -> str:
        """Return all that was written, which ends it."""
        self.stream.close()
        seen = b""
        with suppress(OSError):  # the end of a terminal
            while more := os.read(self._screen, 100_000):
                seen += more
        return seen.decode()

    def close(self) -> None:
        """Take the terminal away."""
        self.stream.close()
        os.close(self._screen)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def survey(stderr: TextIO, patience: float = module.PATIENCE_SECONDS) -> None:
    """Report as a survey does that takes no time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stderr)
        patch.setattr(module, "PATIENCE_SECONDS", patience)
        patch.setenv("TERM", "xterm")
        with survey_progress() as report:
            for done in range(3):
                report("reading files", done, 3)


def test_what_is_done_at_once_shows_no_bar(terminal: Terminal) -> None:
    survey(terminal.stream)
    assert terminal.written() == ""


def test_who_waits_sees_how_far_it_is_and_then_a_clean_line(terminal: Terminal) -> None:
    survey(terminal.stream, patience=0.0)
    written = terminal.written()
    assert "reading files" in written
    assert "2/3" in written
    assert written.endswith("\x1b[2K")


def test_where_there_is_no_terminal_nothing_is_written() -> None:
    kept = io.StringIO()
    survey(kept, patience=0.0)
    assert kept.getvalue() == ""
