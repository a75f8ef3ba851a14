"""HTML and SVG that are well-formed by construction: text that is not escaped fails the type check."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import NewType
from unicodedata import east_asian_width

Markup = NewType("Markup", str)
"""Text that a browser may read as markup: only this module makes it."""

NOTHING = Markup("")
_VOID = frozenset({"meta"})
# Not allowed in XML, or able to turn the text around it the other way.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")


def text(content: str) -> Markup:
    """Return content that is shown as it is, whatever it contains."""
    return Markup(html.escape(_UNFIT.sub("\ufffd", content)))


def element(name: str, attributes: Mapping[str, str | float], *children: Markup) -> Markup:
    """Return an element; numbers are written with at most one decimal."""
    given = "".join(f' {key}="{_attribute(value)}"' for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{given} />")
    return Markup(f"<{name}{given}>{''.join(children)}</{name}>")


def joined(parts: Iterable[Markup], separator: str = "\n") -> Markup:
    """Return parts one after the other."""
    return Markup(text(separator).join(parts))


def number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # adding 0.0 takes the sign from a zero


def one_line(content: str) -> str:
    """Return content without line breaks."""
    return " ".join(content.split())


def cut(content: str, width: int) -> str:
    """Return one line of content that takes at most so many narrow characters; what is left out is marked."""
    line = one_line(content)
    widths = [2 if east_asian_width(character) in "WF" else 1 for character in line]
    if sum(widths) <= width:
        return line
    taken = 0
    for place, wide in enumerate(widths):
        taken += wide
        if taken > width - 1:
            return line[:place].rstrip() + "…"
    return line


def _attribute(value: str | float) -> str:
    return text(value) if isinstance(value, str) else number(value)
