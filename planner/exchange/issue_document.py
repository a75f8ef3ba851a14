"""An issue as a Markdown document: its title is the heading, its body stands below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from planner.draft import SourceText
from planner.exchange.issue_list import Issue
from planner.intake.document_excerpt import DocumentExcerpt, Piece
from planner.intake.markdown_outline import Outline
from planner.intake.markdown_reading import read_outline
from planner.intake.source_lines import SourceLines

MARK = "# "
# Plain characters, or one that is escaped between the quotes of a JSON string; a pair of halves is one.
PIECE = re.compile(
    r"[^\\]+|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL
)


def issue_document(source: SourceText, lines: SourceLines, issue: Issue) -> Outline:
    """Return the document that an issue is: line 1 is its title, its body begins on line 2."""
    title = re.sub(r"[\r\n]", " ", issue.title)
    name = f"{source.name}#{issue.number if issue.number is not None else issue.pointer}"
    head = MARK + title + "\n"
    pieces = (
        *_pieces(source.text, issue.title_place, len(MARK)),
        *_pieces(source.text, issue.body_place, len(head)),
    )
    outline = read_outline(SourceText(name=name, text=head + issue.body, sha256=source.sha256))
    return replace(outline, excerpt=DocumentExcerpt(source, lines, pieces))


def title_range(issue: Issue) -> tuple[int, int]:
    """Return where the title stands in the document of an issue."""
    inner = issue.title.strip()
    start = len(MARK) + issue.title.index(inner)
    return start, start + len(inner)


def _pieces(text: str, place: tuple[int, int], begin: int) -> Iterator[Piece]:
    """Yield the pieces of a JSON string whose first character is at `begin` in the document."""
    for match in PIECE.finditer(text, *place):
        length = 1 if match.group().startswith("\\") else len(match.group())
        yield Piece(begin, begin + length, *match.span())
        begin += length
