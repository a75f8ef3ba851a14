"""Sentences of a text, requirements among them (RFC 2119), and Given/When/Then."""

from __future__ import annotations

import re
from collections.abc import Iterator

BREAK = re.compile(r"(?<=[.!?])[\"')\]*_]{0,2}\s+(?=[\"'(\[*_`]{0,3}[A-Z0-9])")
ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|cf|vs|no|approx|fig|sec)|\b[A-Z])\.$", re.IGNORECASE)
REQUIREMENT = re.compile(r"\b(?:MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED)\b")
REQUIREMENT_IN_LOWER_CASE = re.compile(r"\b(?:must|shall|should|needs? to|has to|have to)\b", re.IGNORECASE)
BOILERPLATE = re.compile(r"key ?words|RFC ?(?:2119|8174)", re.IGNORECASE)
STEP = re.compile(r"\**(?:Given|When|Then|And|But)\b", re.IGNORECASE)
BEHAVIOUR = re.compile(r"\bGiven\b.*\bWhen\b.*\bThen\b", re.DOTALL | re.IGNORECASE)
STARTS = re.compile(r"\**Given\b", re.IGNORECASE)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence of a text begins and ends, without the white space around it."""
    start = 0
    for match in BREAK.finditer(text):
        if ABBREVIATION.search(text, max(0, match.start() - 8), match.start()):
            continue
        yield from _trimmed(text, start, match.start() + len(match.group().rstrip()))
        start = match.end()
    yield from _trimmed(text, start, len(text))


def is_requirement(sentence: str, *, any_case: bool = False) -> bool:
    """Return whether a sentence requires or recommends something, and is not about these words."""
    pattern = REQUIREMENT_IN_LOWER_CASE if any_case else REQUIREMENT
    return pattern.search(sentence) is not None and not BOILERPLATE.search(sentence)


def is_behaviour(text: str) -> bool:
    """Return whether a text says Given, When and Then."""
    return BEHAVIOUR.search(text) is not None


def is_behaviour_step(text: str) -> bool:
    """Return whether a text is one line of a Given/When/Then."""
    return STEP.match(text) is not None


def begins_behaviour(text: str) -> bool:
    """Return whether a text is the Given of a Given/When/Then."""
    return STARTS.match(text) is not None


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    stripped = part.strip()
    if stripped:
        start += part.index(stripped)
        yield start, start + len(stripped)
