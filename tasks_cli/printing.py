"""Results to stdout, everything else to stderr; colour only on a terminal that wants it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import TextIO

from schemas.errors import InvalidArguments
from tasks_cli.standard_streams import give_up

_OBEYED = re.compile(r"(?P<colour>\x1b\[[0-9;]*m)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_C1 = re.compile(r"[\x7f-\x9f]")
_CODES = {"red": "31", "yellow": "33", "green": "32", "bold": "1", "dim": "2"}


def print_result(text: str) -> None:
    """Print a result: the only thing that goes to stdout.

    A reader who has seen enough, as `head` does, is no failure: the command ends with its own exit code.

    Raises:
        InvalidArguments: stdout cannot be written; says why.
    """
    try:
        print(harmless(text))
        sys.stdout.flush()
    except BrokenPipeError:
        give_up(sys.stdout)
    except OSError as error:
        give_up(sys.stdout)
        raise InvalidArguments(
            f"the result cannot be written to stdout: {error.strerror}", hint="look at where stdout leads to"
        ) from error


def print_piece(text: str) -> None:
    """Print a part of a result at once: whoever reads along sees it when it is there."""
    # A file or a pipe gets what the command printed; a terminal would obey it.
    print(harmless(text) if sys.stdout.isatty() else text, end="", flush=True)


def print_json(value: object) -> None:
    """Print a result as JSON; see `print_result`."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    print_result(_C1.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_note(text: str) -> None:
    """Print what a person should know, beside the result; when stderr cannot be written, nobody is told."""
    with contextlib.suppress(OSError):
        print(harmless(text), file=sys.stderr, flush=True)


def print_warning(text: str) -> None:
    """Print what a person should look at."""
    print_note(f"{coloured('warning:', 'yellow')} {text}")


def harmless(text: str) -> str:
    """Return the text with what a terminal would obey made visible; colours stay.

    What agents and checks print is shown in many places, and may move the cursor, set the title, or worse.
    """
    return _OBEYED.sub(lambda found: found["colour"] or f"\\x{ord(found[0]):02x}", text)


def coloured(text: str, colour: str, stream: TextIO | None = None) -> str:
    """Return the text in a colour, or as it is: `NO_COLOR`, or no terminal."""
    if os.environ.get("NO_COLOR") or not (stream or sys.stderr).isatty():
        return text
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


def in_columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned columns; the last column is as wide as it likes."""
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)
