"""A document that stands inside of another file, such as the text of an issue in a JSON list."""

from __future__ import annotations

from dataclasses import dataclass

from planner.draft import SourceText
from planner.intake.source_lines import SourceLines

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class DocumentExcerpt:
    """Where each character of a document stands in the file that holds it.

    `begins` and `ends` hold for each character of the document the range of the file that stands for it: an
    escape of JSON is longer than the character it means. Both are `NOWHERE` for a character that only
    holds parts of the document together and is not in the file.
    """

    file: SourceText
    lines: SourceLines
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a range of the document stands in the file; empty when nothing of it does."""
        there = [number for number in range(start, end) if self.begins[number] != NOWHERE]
        return (self.begins[there[0]], self.ends[there[-1]]) if there else (0, 0)
