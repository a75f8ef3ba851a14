"""Quotes equal their source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.draft import SourceText
from planner.intake.markdown_reading import read_outline
from planner.intake.secret_redaction import secret_spans
from planner.intake.source_evidence import evidence
from tests.unit.intake.outlines import outline_of

BLOCKS = (
    "# A",
    "## 1. B",
    "- [ ] c",
    "1. d",
    "   ",
    "> ",
    "```sh run",
    "```",
    "| x | y |",
    "|---|---|",
    "---",
    "\t",
)
BREAKS = ("\n", "\r\n", "\r", "\n\n", "\u2028", "\x0b", "\x0c", "\x85")
WORDS = ("𝄞", "ä", "The tool MUST x. ", "[a](b)")
PIECES = st.sampled_from((*BLOCKS, *BREAKS, *WORDS))
MARKDOWN = st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))).map(
    "".join
)


@given(MARKDOWN)
def test_the_quote_of_every_block_of_any_text_equals_its_slice(text: str) -> None:
    outline = read_outline(SourceText("any.md", text, ""))
    for block in outline.blocks:
        for start, end in ((block.start, block.end), block.place(0, len(block.text))):
            if start == end:
                continue
            found = evidence(outline, start, end)
            assert found.redacted or found.quote == text[start:end]
            assert (found.loc.start, found.loc.end) == (start, end)
            assert 1 <= found.startLine <= found.endLine <= len(outline.lines.starts)


@given(MARKDOWN, st.data())
def test_the_quote_of_any_range_equals_its_slice(text: str, data: st.DataObject) -> None:
    if not text:
        return
    outline = read_outline(SourceText("any.md", text, ""))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = evidence(outline, start, end)
    assert found.redacted or found.quote == text[start:end]
    lines = text[:start].replace("\r\n", "\n").replace("\r", "\n").count("\n")
    if not (text[start - 1 : start] == "\r" and text[start] == "\n"):
        assert found.startLine == lines + 1


def test_a_secret_is_taken_out_of_a_quote_and_its_place_is_kept() -> None:
    text = "# A\n\nThe password is hunter2xyz, said Bob.\n"
    found = evidence(outline_of(text), 5, len(text) - 1, "H1: A")
    assert found.quote == "The password is [REDACTED], said Bob."
    assert found.redacted is True
    assert (found.loc.start, found.loc.end, found.startLine) == (5, len(text) - 1, 3)


def test_a_part_of_a_secret_is_a_secret_too() -> None:
    text = "The password is hunter2xyz now\n"
    part = "ter2xyz now"
    found = evidence(outline_of(text), text.index(part), len(text) - 1)
    assert secret_spans(part) == ()
    assert found.quote == "[REDACTED] now"


@pytest.mark.parametrize(("start", "end"), [(3, 3), (-1, 2), (0, 99)])
def test_an_empty_or_impossible_range_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="nothing to quote"):
        evidence(outline_of("text"), start, end)
