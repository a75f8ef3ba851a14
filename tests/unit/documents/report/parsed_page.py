"""A report as a tree: it is well-formed XML, which a browser reads as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, fromstring


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a picture, with what the pointer shows on it."""

    kinds: tuple[str, ...]
    left: float
    right: float
    top: float
    shown: str


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """The tree of a page."""

    root: Element

    @classmethod
    def of(cls, page: str) -> ParsedPage:
        """Parse a page; what is not well-formed is an error."""
        return cls(fromstring(page.removeprefix("<!DOCTYPE html>\n")))  # noqa: S314 - a page of our own making

    def picture(self, name: str) -> Element | None:
        """Return the graph, gantt or lanes, if it was drawn."""
        for svg in self.root.iter("svg"):
            if svg.get("aria-labelledby", "").startswith(f"{name}-"):
                return svg
        return None

    def bars(self, name: str) -> list[Bar]:
        """Return the bars of a picture that have a tip, in the order in which they are drawn."""
        return [bar for group in self.groups(name) for bar in _bars(group)]

    def groups(self, name: str) -> Iterator[Element]:
        """Yield the groups of a picture that have a tip of their own."""
        svg = self.picture(name)
        if svg is not None:
            yield from (group for group in svg.iter("g") if group.find("title") is not None)

    def text(self) -> str:
        """Return all text of the page."""
        return " ".join("".join(self.root.itertext()).split())


def numbers(element: Element, *names: str) -> list[float]:
    """Return attributes as numbers."""
    return [float(element.get(name, "nan")) for name in names]


def curve_points(path: str) -> Iterator[tuple[float, float]]:
    """Yield points along the curves and lines of an edge."""
    for part in re.findall(r"M[^M]*", path):
        x0, y0, x1, y1, x2, y2, x3, y3 = map(float, re.findall(r"-?\d+(?:\.\d+)?", part)[:8])
        for step in range(41):
            t = step / 40
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            yield a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3
        if "H" in part:
            end = float(part.partition("H")[2])
            yield from ((x3 + (end - x3) * step / 20, y3) for step in range(21))


def _bars(group: Element) -> Iterator[Bar]:
    shown = group.findtext("title", "")
    for rect in group.iter("rect"):
        left, width, top = numbers(rect, "x", "width", "y")
        yield Bar(tuple(rect.get("class", "").split()), left, left + width, top, shown)
