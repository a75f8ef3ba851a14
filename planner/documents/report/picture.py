"""A picture: an SVG of a fixed size that says in words what it shows, and scrolls when it is wide."""

from __future__ import annotations

from dataclasses import dataclass

from planner.documents.report.markup import Markup, element, number, text


@dataclass(frozen=True, slots=True)
class PictureWords:
    """What a picture shows, for those who do not see it; `name` is its id in the page."""

    name: str
    title: str
    description: str


def picture(words: PictureWords, width: float, height: float, *children: Markup) -> Markup:
    """Return an SVG with its title and description."""
    attributes: dict[str, str | float] = {
        "viewBox": f"0 0 {number(width)} {number(height)}",
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": f"{words.name}-title {words.name}-text",
    }
    title = element("title", {"id": f"{words.name}-title"}, text(words.title))
    described = element("desc", {"id": f"{words.name}-text"}, text(words.description))
    return scrolled(words.title, element("svg", attributes, title, described, *children))


def scrolled(title: str, content: Markup) -> Markup:
    """Return what may be wider or higher than the window, so that keys and pointer can move it."""
    return element("div", {"class": "wide", "role": "region", "aria-label": title, "tabindex": "0"}, content)


def bar(kind: str, left: float, right: float, top: float, height: float) -> Markup:
    """Return a bar between two places of an axis."""
    attributes: dict[str, str | float] = {"class": kind, "x": left, "y": top, "width": right - left}
    return element("rect", attributes | {"height": height})


def label(kind: str, left: float, baseline: float, content: str) -> Markup:
    """Return a text that begins at a place."""
    return element("text", {"class": kind, "x": left, "y": baseline}, text(content))


def tip(content: str) -> Markup:
    """Return what is shown when the pointer rests on the element around it."""
    return element("title", {}, text(content))
