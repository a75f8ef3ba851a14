"""The lanes of the shared resources as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.documents.report.gantt_picture import FOOT, HEAD, LEFT, RIGHT, WIDTH, Scales
from planner.documents.report.markup import Markup, cut, element, joined, text
from planner.documents.report.picture import PictureWords, bar, label, picture, tip
from planner.documents.report.resource_lanes import Hold, ResourceLanes
from planner.documents.report.time_axis import TimeAxis
from planner.forecasting.rounded_hours import hours_text

LANE, SPACE = 18.0, 10.0
_CHARACTER = 6.6
_NAME_WIDTH = 26


def lanes_picture(resources: Sequence[ResourceLanes], axes: Scales) -> Markup:
    """Return the picture: below each other the resources, in each its planned and its actual lanes."""
    parts: list[Markup] = []
    top = HEAD
    for resource in resources:
        parts.append(label("i", 2, top + 13, cut(resource.name, _NAME_WIDTH)))
        count = "one at a time" if resource.capacity == 1 else f"{resource.capacity} at once"
        parts.append(label("d", 8 + 7.2 * min(len(resource.name), _NAME_WIDTH), top + 13, count))
        parts += _rows(resource.planned, axes.planned, top, "p", resource)
        top += LANE * len(resource.planned)
        if axes.actual is not None:
            parts += _rows(resource.actual, axes.actual, top, "a", resource)
            top += LANE * len(resource.actual)
        top += SPACE
    grid = [axes.planned.lines(HEAD - 4, top), axes.planned.labels(HEAD - 10)]
    if axes.actual is not None:
        grid.append(axes.actual.labels(top + 14))
    words = PictureWords(
        "lanes",
        "Who holds which shared resource",
        f"{len(resources)} resources: {', '.join(resource.name for resource in resources)}.",
    )
    return picture(words, LEFT + WIDTH + RIGHT, top + FOOT, *grid, *parts)


def lanes_table(resources: Sequence[ResourceLanes]) -> Markup:
    """Return what the picture of many tasks would show, in one row for each resource."""
    head = ("Resource", "At once", "Tasks", "Held for, in sum")
    rows = [
        (
            resource.name,
            str(resource.capacity),
            str(sum(map(len, resource.planned))),
            hours_text(resource.hours),
        )
        for resource in resources
    ]
    return element(
        "table",
        {"class": "few"},
        element("tr", {}, *(element("th", {"scope": "col"}, text(name)) for name in head)),
        *(element("tr", {}, *(element("td", {}, text(cell)) for cell in row)) for row in rows),
    )


def _rows(
    rows: Sequence[Sequence[Hold]], axis: TimeAxis, top: float, kind: str, resource: ResourceLanes
) -> Iterator[Markup]:
    for place, lane in enumerate(rows):
        bars = joined(_hold(hold, axis, top + LANE * place, kind, resource) for hold in lane)
        yield element("g", {"class": f"lane-{kind}"}, bars)


def _hold(hold: Hold, axis: TimeAxis, top: float, kind: str, resource: ResourceLanes) -> Markup:
    left, right = axis.place(hold.start), axis.place(hold.finish)
    units = f"{hold.units} of {resource.capacity} of " if resource.capacity > 1 else ""
    when = f"{hours_text(hold.start)} to {hours_text(hold.finish)}"
    shown = f"{'planned' if kind == 'p' else 'actual'}: {hold.task} holds {units}{resource.name}, {when}"
    room = int((right - left - 6) / _CHARACTER)
    name = (label("b", left + 3, top + 12, cut(hold.task, room)),) if room >= min(len(hold.task), 4) else ()
    style = f"{kind} a-{hold.outcome}" if hold.outcome else kind
    return element("g", {}, tip(shown), bar(style, left, right, top + 2, LANE - 4), *name)
