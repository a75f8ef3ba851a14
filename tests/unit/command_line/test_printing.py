"""What others printed is shown, and never obeyed by the terminal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_cli.printing import harmless, print_json, print_note, print_piece, print_result

HOSTILE = "a\x1b[2J\x1b]0;title\x07b\x9b31m\rc\x7f"
SHOWN = "a\\x1b[2J\\x1b]0;title\\x07b\\x9b31m\\x0dc\\x7f"


def test_what_a_terminal_would_obey_is_made_visible(capsys: pytest.CaptureFixture[str]) -> None:
    print_result(HOSTILE)
    print_note(HOSTILE)
    assert capsys.readouterr() == (f"{SHOWN}\n", f"{SHOWN}\n")


def test_colours_lines_tabs_and_letters_stay() -> None:
    text = "\x1b[31mred\x1b[0m\n\tgrün 漢\x1b[1;32mx"
    assert harmless(text) == text


def test_json_says_the_same_in_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"said": HOSTILE})
    out = capsys.readouterr().out
    assert json.loads(out) == {"said": HOSTILE}
    assert harmless(out) == out


def test_a_pipe_gets_the_output_of_a_command_as_it_was(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    print_piece(HOSTILE)
    assert capsys.readouterr().out == HOSTILE
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_piece(HOSTILE)
    assert capsys.readouterr().out == SHOWN


@given(st.text())
def test_nothing_that_is_obeyed_gets_through(text: str) -> None:
    shown = harmless(text)
    left = shown.replace("\n", "").replace("\t", "")
    assert all(character.isprintable() or ord(character) > 0x9F or character == "\x1b" for character in left)
    assert harmless(shown) == shown
