"""What the words of a task say about its priority and its category."""

from __future__ import annotations

import re
from typing import Literal

from schemas.features import PriorityName

Category = Literal["foundation", "implementation", "integration", "optimization"]
STATED_PRIORITY = re.compile(
    r"\bpriority\W{0,4}(?P<word>critical|urgent|high|medium|normal|low|P[0-3])\b", re.IGNORECASE
)
WORDED_PRIORITY = re.compile(
    r"\b(?P<word>critical|urgent|high|medium|low)[- ]priority\b|[\[(](?P<mark>P[0-3]|critical|urgent)[\])]",
    re.IGNORECASE,
)
PRIORITIES: dict[str, PriorityName] = {
    "critical": "critical",
    "urgent": "critical",
    "p0": "critical",
    "high": "high",
    "p1": "high",
    "medium": "medium",
    "normal": "medium",
    "p2": "medium",
    "low": "low",
    "p3": "low",
}
CATEGORIES: tuple[tuple[Category, re.Pattern[str]], ...] = (
    (
        "optimization",
        re.compile(
            r"\b(?:optimi[sz]\w*|refactor\w*|performance|speed up|faster|clean up|tidy)\b", re.IGNORECASE
        ),
    ),
    (
        "foundation",
        re.compile(
            r"\b(?:set ?up|scaffold\w*|bootstrap\w*|foundation\w*|migrations?|schema)\b", re.IGNORECASE
        ),
    ),
    (
        "integration",
        re.compile(r"\b(?:integrat\w*|connect\w*|wire|deploy\w*|end[- ]to[- ]end)\b", re.IGNORECASE),
    ),
)


def priority_in(text: str) -> PriorityName | None:
    """Return the priority a text states, such as `Priority: high`, `[P0]` or `low priority`."""
    match = STATED_PRIORITY.search(text) or WORDED_PRIORITY.search(text)
    if match is None:
        return None
    word = match["word"] or match.groupdict().get("mark") or ""
    return PRIORITIES[word.lower()]


def category_in(title: str) -> Category | None:
    """Return the category the words of a title point to."""
    return next((category for category, pattern in CATEGORIES if pattern.search(title)), None)
