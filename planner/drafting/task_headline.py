"""What a heading or a list item says about a task by its first words: number, label and title."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from planner.rules.action_verbs import begins_with_verb

STEP_WORD = re.compile(
    r"(?P<word>step|task|phase|stage|part)\s+#?(?P<number>\d{1,6}(?:\.\d{1,6})*)"
    r"(?:\s*[:.)]|\s+[-\u2013\u2014])?(?:\s+|$)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?P<number>\d{1,6}(?:\.\d{1,6})+[.)]?|\d{1,6}[.)])\s+(?=\S)")
LABEL = re.compile(
    r"(?:\[)?(?P<label>[A-Z][A-Za-z]{0,9}-?\d{1,6}[a-z]?(?:\.[A-Z]?\d{1,6}[a-z]?)*)(?:\])?(?=\s|[:.)]|$)"
)
LINK = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)")
MARKS = re.compile(r"\*\*|__|`")
FULL_STOP = re.compile(r"(?<=[a-z0-9]{2}|[a-z0-9]\))\.$")
MAX_TITLE = 160
OF_THE_PRODUCT = re.compile(
    r"(?:\[?[A-Z][A-Za-z]{0,9}-?\d[\w.]*\]?\s*[:.)-]*\s+)?(?:the\s+|this\s+|our\s+)?"
    r"(?:system|product|app|application|program|tool|service|server|library|platform|software)\s+"
    r"(?:must|shall|should)\s+(?P<what>[a-z]+ .+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline taken apart: `2. T003: Add x` has the number (2,), the label T003, the title `T003: Add x`.

    `series` tells numberings apart: steps are not counted with plain numbers.
    """

    title: str
    number: tuple[int, ...] = ()
    series: str = ""
    label: str | None = None


def read_headline(text: str) -> Headline:
    """Return what a heading or an item says: its number goes, its label stays in the title."""
    line = plain_title(text)
    number: tuple[int, ...] = ()
    series = ""
    match = STEP_WORD.match(line) or NUMBER.match(line)
    if match:
        number = tuple(int(part) for part in match["number"].rstrip(".)").split("."))
        series = match.groupdict().get("word") or ""
        line = line[match.end() :] or line
    label = LABEL.match(line)
    return Headline(
        title=shortened(FULL_STOP.sub("", line)),
        number=number,
        series=series.lower(),
        label=label["label"] if label else None,
    )


def as_work(headline: Headline) -> Headline:
    """Return `FR-1: The system MUST accept a code` as what is to be done: `Accept a code (FR-1)`.

    Only where what requires it is nothing but the product, and a verb follows; the quote keeps the words.
    """
    match = OF_THE_PRODUCT.fullmatch(headline.title)
    if match is None or not begins_with_verb(match["what"]):
        return headline
    behind = f" ({headline.label})" if headline.label else ""
    return replace(headline, title=f"{match['what'][0].upper()}{match['what'][1:]}{behind}")


def plain_title(text: str) -> str:
    """Return a text on one line without the marks of bold, code and links."""
    return " ".join(MARKS.sub("", LINK.sub(r"\1", text)).split())


def shortened(line: str) -> str:
    """Return a line that is at most as long as a title may be, cut between words."""
    if len(line) <= MAX_TITLE:
        return line
    return line[: MAX_TITLE - 1].rsplit(" ", 1)[0] + "\u2026"
