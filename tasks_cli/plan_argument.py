"""The argument that names a plan: its folder, or `-` for what the command before the pipe printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from schemas.errors import InvalidArguments

MOST_BYTES = 16 * 1024 * 1024
PIPELINE = "write: tasks plan -f DOCUMENT | tasks execute - (with or without --json)"


def plan_folder(argument: str) -> Path:
    """Return the plan's folder; `-` reads one line from stdin, a path or the output of `plan --json`.

    Raises:
        InvalidArguments: when stdin holds no plan directory, or the folder is not there.
    """
    named = _from_stdin() if argument == "-" else argument
    folder = Path(named)
    if not named or not folder.is_dir():
        file = bool(named) and folder.is_file()
        raise InvalidArguments(
            f"{named} is a file, not a plan directory" if file else f"there is no plan directory {named!r}",
            hint="`tasks plan` makes one and prints its path; `tasks list-plans` lists the known ones",
        )
    return folder


def _from_stdin() -> str:
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES or b"\0" in data:
        what = "holds a NUL byte" if b"\0" in data else f"is larger than {MOST_BYTES // 1024**2} MB"
        raise InvalidArguments(f"stdin {what}: that is no plan directory", hint=PIPELINE)
    try:
        text = data.decode().strip()
    except UnicodeDecodeError as error:
        raise InvalidArguments(f"stdin is not UTF-8 text (byte {error.start})", hint=PIPELINE) from error
    if not text:
        raise InvalidArguments(
            "stdin is empty: the command before the pipe printed no plan directory",
            hint="use `set -o pipefail` to stop when `tasks plan` fails",
        )
    if text.startswith("{"):
        return _from_json(text)
    lines = text.splitlines()
    if len(lines) > 1:
        raise InvalidArguments(f"stdin holds {len(lines)} lines, and one line names a plan", hint=PIPELINE)
    return text


def _from_json(text: str) -> str:
    try:
        named = json.loads(text).get("plan_dir")
    except (ValueError, RecursionError) as error:
        raise InvalidArguments(
            f"stdin is not the JSON of `tasks plan --json`: {error}", hint=PIPELINE
        ) from error
    if not isinstance(named, str):
        raise InvalidArguments(
            "the JSON on stdin has no text `plan_dir`, as `tasks plan --json` prints it", hint=PIPELINE
        )
    return named
