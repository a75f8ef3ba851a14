"""How a command tells how far it is: a line `TASKS_PROGRESS 50 what it does` in its output (design 7.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"TASKS_PROGRESS\s+(\d{1,3})%?(?:\s+(.*))?$")
_COMPLETE = 100


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """One report of progress."""

    percent: int
    """From 0 to 100, as the command says it."""
    name: str
    """What the command is at; may be empty."""
    output_bytes: int
    """How much the command had printed by then."""


def parse_progress_line(line: str, output_bytes: int) -> ProgressLine | None:
    """Return the report in a line of output; None if the line has not the form of one."""
    found = _FORM.match(line)
    if not found or int(found[1]) > _COMPLETE:
        return None
    return ProgressLine(int(found[1]), (found[2] or "").strip(), output_bytes)
