"""Text of a plan inside Markdown: escaped where Markdown would read it as its own."""

from __future__ import annotations

from collections.abc import Sequence

from planner.forecasting.rounded_hours import hours_text


def cell(text: str) -> str:
    """Return text as the content of a table cell: one line, no bar that would end the cell."""
    return " ".join(text.split()).replace("|", "\\|")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(cell(text) for text in row) + " |" for row in lines]


def quoted(text: str) -> list[str]:
    """Return the lines of a block quote."""
    return [f"> {line}".rstrip() for line in text.splitlines()]


def hours(value: float | None) -> str:
    """Return hours in words, or `unknown`: never a number that was not computed."""
    return "unknown" if value is None else hours_text(value)


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names with commas; of many, the first and how many more there are."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as `1 task` or `3 tasks`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
