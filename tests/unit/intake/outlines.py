"""Outlines for tests, from text."""

from __future__ import annotations

from planner.intake.markdown_outline import Block, Outline
from planner.intake.markdown_reading import read_outline
from planner.intake.source_document import read_source_bytes


def outline_of(text: str) -> Outline:
    """Return the outline of a text."""
    return read_outline(read_source_bytes(text.encode(), "spec.md"))


def blocks_of(text: str, kind: str) -> list[Block]:
    """Return the blocks of one kind."""
    return [block for block in outline_of(text).blocks if block.kind == kind]
