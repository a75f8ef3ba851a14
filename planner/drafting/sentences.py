"""Sentences of a text, requirements among them (RFC 2119), and Given/When/Then."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

BREAK = re.compile(r"(?<=[.!?])[\"')\]*_]{0,2}\s+(?=[\"'(\[*_`]{0,3}[A-Z0-9])")
ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|cf|vs|no|approx|fig|sec)|\b[A-Z])\.$", re.IGNORECASE)
REQUIREMENT = re.compile(r"\b(?:MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED)\b")
REQUIREMENT_IN_LOWER_CASE = re.compile(r"\b(?:must|shall|should|needs? to|has to|have to)\b", re.IGNORECASE)
PROMISE = re.compile(r"\b(?:we|it|this|the \w+)(?:\s+\w+)?\s+will\b", re.IGNORECASE)
BOILERPLATE = re.compile(r"key ?words|RFC ?(?:2119|8174)", re.IGNORECASE)
STEP = re.compile(r"\**(?:Given|When|Then|And|But)\b", re.IGNORECASE)
BEHAVIOUR = re.compile(r"\bGiven\b.*\bWhen\b.*\bThen\b", re.DOTALL | re.IGNORECASE)
STARTS = re.compile(r"\**Given\b", re.IGNORECASE)
ENDS = re.compile(r"\bThen\b", re.IGNORECASE)
STARTS_WITHOUT_GIVEN = re.compile(r"\**(?:WHEN\b|When\*\*)")
STORY = re.compile(
    r"\bas an? \W{0,3}[^.,;\n]{2,80},?\s+\W{0,3}I\s+(?:\W{0,2}(?:want|need|would like|can|wish|expect)\b)",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"\W{0,4}(?P<label>(?:FR|NFR|SC|US|UC|REQ|AC|BR|SR|TR|PR|QR|CR|BUG|ISSUE|STORY|EPIC|DEF|FIX|GOAL|[A-Z]{2,6}(?=-\d))"
    r"-?\d{1,4}(?:\.\d{1,3}|[a-z])?)(?P<end>\W{0,3}[:.)\]|\u2013\u2014]|\W{0,3}\s-\s|\s+(?=[A-Z*_`])|\s*$)"
)
NO_LABEL = re.compile(r"(?:UTF|SHA|ISO|RFC|HTTP|AES|RSA|MD|IPV|TLS|SSL|PEP|CVE|IEEE|COVID|BASE|CRC|ES)-?\d")


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


def begins_behaviour(text: str, before: Sequence[str] = ()) -> bool:
    """Return whether a text is the Given of a Given/When/Then, or a WHEN that stands for both.

    A WHEN begins one only where no Given is open: `before` are the steps since the last beginning.
    """
    if STARTS.match(text):
        return True
    is_open = bool(before) and not any(ENDS.search(step) for step in before)
    return not is_open and STARTS_WITHOUT_GIVEN.match(text) is not None


def is_story(text: str) -> bool:
    """Return whether a text says who wants what: `As a customer, I want ...`."""
    return STORY.search(text) is not None


def label_of(text: str) -> str | None:
    """Return the label that a text begins with, such as FR-001; a name like UTF-8 is none."""
    match = LABEL.match(text)
    return match["label"] if match and not NO_LABEL.match(match["label"]) else None


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    stripped = part.strip()
    if stripped:
        start += part.index(stripped)
        yield start, start + len(stripped)
