"""An issue as a Markdown document: its title is the heading, its body stands below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.draft import SourceText
from planner.exchange.issue_list import Issue
from planner.intake.document_excerpt import NOWHERE, DocumentExcerpt
from planner.intake.markdown_outline import Outline
from planner.intake.markdown_reading import read_outline
from planner.intake.source_lines import SourceLines

MARK = "# "
# What stands for one character between the quotes of a JSON string; a pair of halves is one character.
CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)


def issue_document(source: SourceText, lines: SourceLines, issue: Issue) -> Outline:
    """Return the document that an issue is: line 1 is its title, its body begins on line 2."""
    title = re.sub(r"[\r\n]", " ", issue.title)
    name = f"{source.name}#{issue.number if issue.number is not None else issue.pointer}"
    text = MARK + title + "\n" + issue.body
    ranges = [
        *_nowhere(MARK),
        *_ranges(source.text, issue.title_place),
        *_nowhere("\n"),
        *_ranges(source.text, issue.body_place),
    ]
    begins, ends = zip(*ranges, strict=True)
    outline = read_outline(SourceText(name=name, text=text, sha256=source.sha256))
    excerpt = DocumentExcerpt(source, lines, begins, ends)
    return Outline(outline.source, outline.lines, outline.blocks, outline.secrets, excerpt)


def title_range(issue: Issue) -> tuple[int, int]:
    """Return where the title stands in the document of an issue."""
    inner = issue.title.strip()
    start = len(MARK) + issue.title.index(inner)
    return start, start + len(inner)


def _nowhere(text: str) -> Iterator[tuple[int, int]]:
    return ((NOWHERE, NOWHERE) for _ in text)


def _ranges(text: str, place: tuple[int, int]) -> Iterator[tuple[int, int]]:
    return (match.span() for match in CHARACTER.finditer(text, *place))
