"""The cells of a table as spreadsheets write it (CSV), each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from planner.draft import SourceText
from planner.intake.source_lines import SourceLines
from schemas.errors import InvalidArguments

SEPARATORS = (",", ";", "\t")
QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"')
NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell: its text without outer spaces, and the range of the source in which that stands."""

    text: str
    start: int
    end: int
    line: int


def read_rows(source: SourceText, lines: SourceLines, separator: str) -> list[tuple[TableCell, ...]]:
    """Return the rows of a table that are not empty.

    Raises:
        InvalidArguments: a quoted cell never ends, or something stands behind its end; with the line.
    """
    rows: list[tuple[TableCell, ...]] = []
    row: list[TableCell] = []
    at, text = 0, source.text
    while at < len(text):
        cell, at = _cell(source, lines, separator, at)
        row.append(cell)
        newline = NEWLINE.match(text, at)
        if newline or at >= len(text):
            if any(cell.text for cell in row):
                rows.append(tuple(row))
            row = []
        at = newline.end() if newline else at + 1
    if any(cell.text for cell in row):  # the text ends with a separator
        rows.append(tuple(row))
    return rows


def _cell(source: SourceText, lines: SourceLines, separator: str, at: int) -> tuple[TableCell, int]:
    """Return the cell that begins at an offset, and where its separator or newline stands."""
    text = source.text
    plain = re.compile(rf"[^{re.escape(separator)}\r\n]*")
    line = lines.at(at) + 1
    if not text.startswith('"', at):
        end = _end_of(plain, text, at)
        return _trimmed(text[at:end], at, line), end
    quoted = QUOTED.match(text, at)
    if quoted is None:
        raise InvalidArguments(
            f"{source.name}:{line}: the quoted cell that begins here never ends",
            hint='close it with ", and write a " inside of it twice',
        )
    end = _end_of(plain, text, quoted.end())
    if text[quoted.end() : end].strip():
        raise InvalidArguments(
            f"{source.name}:{lines.at(quoted.end()) + 1}: {text[quoted.end() : end].strip()!r} stands behind "
            "the end of a quoted cell",
            hint='write a " inside of a quoted cell twice',
        )
    cell = _trimmed(quoted[1], quoted.start(1), line)
    return replace(cell, text=cell.text.replace('""', '"')), end


def _end_of(plain: re.Pattern[str], text: str, at: int) -> int:
    match = plain.match(text, at)
    return match.end() if match else at


def _trimmed(written: str, start: int, line: int) -> TableCell:
    text = written.strip()
    begin = start + len(written) - len(written.lstrip())
    return TableCell(text, begin, begin + len(text), line)
