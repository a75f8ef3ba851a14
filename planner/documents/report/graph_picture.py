"""The tasks and what they wait for, from left to right; the critical path is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.documents.markdown_text import counted
from planner.documents.report.graph_layout import (
    COLUMN_STEP,
    NODE_HEIGHT,
    NODE_WIDTH,
    GraphLayout,
    graph_layout,
)
from planner.documents.report.markup import Markup, cut, element, joined, number
from planner.documents.report.picture import PictureWords, label, picture, tip
from planner.documents.report.planned_times import PlannedTimes

MARGIN, HEAD = 8.0, 28.0
_ID_WIDTH, _TITLE_WIDTH = 18, 23
_MARKS = {"completed": "✓", "failed": "✗", "running": "▶", "paused": "‖"}


@dataclass(frozen=True, slots=True)
class Node:
    """What is written into a task of the graph, and `shown` beside it; `state` is what a run says of it."""

    name: str
    title: str
    shown: str
    is_critical: bool
    state: str | None = None


def graph_picture(times: PlannedTimes, nodes: Sequence[Node]) -> Markup | None:
    """Return the picture of the nodes, by task number, or `None` when nobody could follow its edges."""
    layout = graph_layout(times.drawn, times.columns, times.critical_edges())
    if layout is None:
        return None
    columns = max(times.columns) + 1
    words = PictureWords(
        "graph",
        "Tasks and their dependencies",
        f"{counted(len(nodes), 'task')} in {counted(columns, 'column')}; "
        "a line goes from a task to those that wait for it. "
        f"The critical path: {', '.join(nodes[task].name for task in times.critical)}.",
    )
    drawn = joined(_node(layout, task, node) for task, node in enumerate(nodes))
    parts = (_column_names(times), _edges(layout, marked=False), _edges(layout, marked=True), drawn)
    return picture(words, layout.width + 2 * MARGIN, layout.height + HEAD + MARGIN, *parts)


def _column_names(times: PlannedTimes) -> Markup:
    return joined(
        label("t", MARGIN + column * COLUMN_STEP + NODE_WIDTH / 2, 14, f"{times.column_name} {column + 1}")
        for column in range(max(times.columns) + 1)
    )


def _node(layout: GraphLayout, task: int, node: Node) -> Markup:
    left, top = MARGIN + layout.left(task), HEAD + layout.tops[task]
    kinds = ["n", *(["c"] if node.is_critical else []), *([f"s-{node.state}"] if node.state else [])]
    mark = f" {_MARKS[node.state]}" if node.state in _MARKS else ""
    size: dict[str, str | float] = {"x": left, "y": top, "width": NODE_WIDTH, "height": NODE_HEIGHT}
    return element(
        "g",
        {"class": " ".join(kinds)},
        tip(node.shown),
        element("rect", size | {"rx": 4}),
        label("i", left + 8, top + 15, cut(node.name, _ID_WIDTH) + mark),
        label("d", left + 8, top + 29, cut(node.title, _TITLE_WIDTH)),
    )


def _edges(layout: GraphLayout, *, marked: bool) -> Markup:
    """Return one path for each task with all the edges that begin there, marked or not."""
    by_source: dict[int, list[str]] = {}
    for segment in layout.segments:
        if segment.is_critical is marked:
            by_source.setdefault(segment.source, []).append(_curve(layout, segment.left, segment.right))
    kind = "e c" if marked else "e"
    return joined(element("path", {"class": kind, "d": "".join(curves)}) for curves in by_source.values())


def _curve(layout: GraphLayout, left: int, right: int) -> str:
    """Return a curve through the gap between two columns, and on through a bend."""
    begin, start = MARGIN + layout.left(left) + NODE_WIDTH, HEAD + layout.middle(left)
    arrive, end = MARGIN + layout.left(right), HEAD + layout.middle(right)
    half = (begin + arrive) / 2
    points: Sequence[float] = (begin, start, half, start, half, end, arrive, end)
    x1, y1, x2, y2, x3, y3, x4, y4 = map(number, points)
    on = f"H{number(arrive + NODE_WIDTH)}" if right >= layout.tasks else ""
    return f"M{x1} {y1}C{x2} {y2} {x3} {y3} {x4} {y4}{on}"
