"""The parsed form of a Markdown document: its blocks, each with its exact place in the source."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from planner.draft import SourceText
from planner.intake.document_excerpt import DocumentExcerpt
from planner.intake.secret_redaction import SecretSpan
from planner.intake.source_lines import SourceLines

BlockKind = Literal["heading", "item", "paragraph", "fence", "cell", "front_matter"]


@lru_cache(maxsize=16)
def _line_begins(text: str) -> tuple[int, ...]:
    """Return where the lines of a text begin; kept, since each sentence of a long paragraph asks for it."""
    return (0, *(match.end() for match in re.finditer("\n", text)))


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the document.

    `start` and `end` are the half-open range of characters of the whole block in the source, without the
    newline at its end; lines count from 1. `text` is its content: a heading without its marks, the first
    paragraph of a list item without its checkbox, the lines of a fence; `text_starts` holds for each line of
    `text` where it begins in the source. `item` and `heading` are the numbers of the blocks it stands in:
    the innermost list item and the nearest heading above.
    """

    kind: BlockKind
    start: int
    end: int
    first_line: int
    last_line: int
    text: str = ""
    text_starts: tuple[int, ...] = ()
    level: int = 0
    """1 to 6 for a heading; how deep a list item is nested, from 1."""
    info: str = ""
    number: int | None = None
    """The place of an item in its ordered list, from 1, or from where the list begins."""
    checked: bool | None = None
    """Whether the checkbox of an item is ticked; None when it has none."""
    group: int | None = None
    """Which list of the document an item belongs to."""
    item: int | None = None
    heading: int | None = None
    quoted: bool = False
    """Whether it stands in a block quote."""
    closed: bool = True
    """Whether a fence has its closing line."""
    column: int | None = None
    """The place of a cell in its row, from 0."""
    column_title: str = ""
    """What the head of the table says above a cell."""

    @property
    def title(self) -> str:
        """The text on one line."""
        return " ".join(self.text.split())

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of `text` stands in the source; the whole block if that cannot be said."""
        first, last = self._position(start), self._position(max(start, end - 1))
        if first is None or last is None or not self.start <= first <= last < self.end:
            return self.start, self.end
        return first, last + 1

    def line_of_text(self, line: int) -> int:
        """Return the line, from 1, of a line (from 0) of what a fence or the front matter holds."""
        return self.first_line + 1 + line

    def _position(self, offset: int) -> int | None:
        begins = _line_begins(self.text)
        line = bisect_right(begins, offset) - 1
        if line >= len(self.text_starts) or self.text_starts[line] < 0:
            return None
        return self.text_starts[line] + offset - begins[line]


@dataclass(frozen=True, slots=True)
class Outline:
    """A document and its blocks, in the order of the text; a list item comes before what it holds."""

    source: SourceText
    lines: SourceLines
    blocks: tuple[Block, ...]
    secrets: tuple[SecretSpan, ...]
    excerpt: DocumentExcerpt | None = None
    """The file that holds the document, when it is a part of one: it is quoted as it stands there."""

    def line_of(self, offset: int) -> int:
        """Return the line, from 1, in which a character stands."""
        return self.lines.at(offset) + 1

    def line_span(self, line: int) -> tuple[int, int]:
        """Return the range of a line (from 1) that is not blank, without the white space around it."""
        start, end, _ = self.lines.trimmed(line - 1, line)
        return start, end

    def headings_above(self, number: int) -> tuple[int, ...]:
        """Return the numbers of the headings that a block stands under, the nearest first."""
        above: list[int] = []
        heading = self.blocks[number].heading
        while heading is not None:
            above.append(heading)
            heading = self.blocks[heading].heading
        return tuple(above)

    def section_of(self, number: int) -> str:
        """Return the section of a block as seed 001 spells it, `H2: Title`; a heading is its own section."""
        block = self.blocks[number]
        if block.kind != "heading":
            if block.heading is None:
                return ""
            block = self.blocks[block.heading]
        return f"H{block.level}: {block.title}"
