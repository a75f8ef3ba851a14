"""A document that stands inside of another file, such as the text of an issue in a JSON list."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from planner.draft import SourceText
from planner.intake.source_lines import SourceLines


class Piece(NamedTuple):
    """A range of the document and the range of the file that stands for it.

    They are equally long and equal, or one character of the document is written as an escape.
    """

    start: int
    end: int
    file_start: int
    file_end: int


@dataclass(frozen=True, slots=True)
class DocumentExcerpt:
    """Where a document stands in the file that holds it: its pieces, in order.

    What only holds parts of the document together is in no piece, and not in the file.
    """

    file: SourceText
    lines: SourceLines
    pieces: tuple[Piece, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a range of the document stands in the file; empty when nothing of it does."""
        first = bisect_right(self.pieces, start, key=lambda piece: piece.end)
        last = bisect_left(self.pieces, end, key=lambda piece: piece.start) - 1
        if first > last:
            return 0, 0
        begin, finish = self.pieces[first], self.pieces[last]
        inside = finish.file_end if end >= finish.end else finish.file_start + end - finish.start
        return begin.file_start + max(0, start - begin.start), inside
