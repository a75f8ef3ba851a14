"""Where the tasks and edges of a graph stand: in columns, with few crossings and no edge under a task.

An edge that passes columns has a bend in each of them: a place of its own that no task takes. Edges of one
task that pass the same column share the bend.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.graph.precedence_graph import PrecedenceGraph

NODE_WIDTH, NODE_HEIGHT = 156.0, 36.0
COLUMN_STEP = 216.0
BEND_HEIGHT = 6.0
SPACE = 10.0
MOST_BENDS = 4000
_SWEEPS = 8
_SMOOTHINGS = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the edges that begin at a task: between two places in neighbouring columns."""

    source: int
    left: int
    right: int
    is_critical: bool


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """The places, tasks first and then bends, with column and upper edge; and what connects them."""

    tasks: int
    columns: tuple[int, ...]
    tops: tuple[float, ...]
    segments: tuple[Segment, ...]
    width: float
    height: float

    def size(self, place: int) -> float:
        """Return the height of a place."""
        return NODE_HEIGHT if place < self.tasks else BEND_HEIGHT

    def left(self, place: int) -> float:
        """Return the left side of a place."""
        return self.columns[place] * COLUMN_STEP

    def middle(self, place: int) -> float:
        """Return the height at which edges meet a place."""
        return self.tops[place] + self.size(place) / 2


def graph_layout(
    graph: PrecedenceGraph, columns: Sequence[int], critical: frozenset[tuple[int, int]]
) -> GraphLayout | None:
    """Return where everything stands, or `None` when edges would bend so often that nobody could follow them.

    Args:
        graph: the edges to draw.
        columns: the column of each task, from 0, growing along every edge.
        critical: the edges that are marked.
    """
    spans = sum(
        max((columns[v] - columns[u] - 1 for v in after), default=0)
        for u, after in enumerate(graph.successors)
    )
    if spans > MOST_BENDS:
        return None
    of_place, segments = _segments(graph, columns, critical)
    rows = _ordered(of_place, segments)
    tops = _tops(rows, segments, len(columns), len(of_place))
    return GraphLayout(
        tasks=len(columns),
        columns=tuple(of_place),
        tops=tuple(tops),
        segments=segments,
        width=max(columns, default=0) * COLUMN_STEP + NODE_WIDTH,
        height=max((tops[place] + _size(place, len(columns)) for place in range(len(of_place))), default=0.0),
    )


def _size(place: int, tasks: int) -> float:
    return NODE_HEIGHT if place < tasks else BEND_HEIGHT


def _segments(
    graph: PrecedenceGraph, columns: Sequence[int], critical: frozenset[tuple[int, int]]
) -> tuple[list[int], tuple[Segment, ...]]:
    """Return the column of each place, bends included, and the segments between places."""
    of_place = list(columns)
    found: dict[tuple[int, int, int], bool] = {}
    for source, after in enumerate(graph.successors):
        bends: dict[int, int] = {}
        for target in after:
            here = source
            for column in range(columns[source] + 1, columns[target] + 1):
                place = target
                if column < columns[target]:
                    if column not in bends:
                        bends[column] = len(of_place)
                        of_place.append(column)
                    place = bends[column]
                key = (source, here, place)
                found[key] = found.get(key, False) or (source, target) in critical
                here = place
    return of_place, tuple(Segment(*key, is_critical=marked) for key, marked in found.items())


def _ordered(columns: Sequence[int], segments: Sequence[Segment]) -> list[list[int]]:
    """Return the places of each column from top to bottom: sweeps by barycentre, the best of them."""
    rows: list[list[int]] = [[] for _ in range(max(columns, default=-1) + 1)]
    for place, column in enumerate(columns):
        rows[column].append(place)
    lefts, rights = _neighbours(len(columns), segments)
    best, fewest = [list(row) for row in rows], _crossings(rows, rights)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        beside = lefts if forward else rights
        for column in range(len(rows)) if forward else reversed(range(len(rows))):
            _sort_by_neighbours(rows, column, column + (-1 if forward else 1), beside)
        crossings = _crossings(rows, rights)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _neighbours(places: int, segments: Sequence[Segment]) -> tuple[list[list[int]], list[list[int]]]:
    lefts: list[list[int]] = [[] for _ in range(places)]
    rights: list[list[int]] = [[] for _ in range(places)]
    for segment in segments:
        lefts[segment.right].append(segment.left)
        rights[segment.left].append(segment.right)
    return lefts, rights


def _sort_by_neighbours(
    rows: list[list[int]], column: int, other: int, beside: Sequence[Sequence[int]]
) -> None:
    if not 0 <= other < len(rows):
        return
    share = {place: (row + 0.5) / len(rows[other]) for row, place in enumerate(rows[other])}
    own = {place: (row + 0.5) / len(rows[column]) for row, place in enumerate(rows[column])}
    wanted = {
        place: sum(share[near] for near in beside[place]) / len(beside[place])
        if beside[place]
        else own[place]
        for place in rows[column]
    }
    rows[column].sort(key=lambda place: (wanted[place], own[place]))


def _crossings(rows: Sequence[Sequence[int]], rights: Sequence[Sequence[int]]) -> int:
    count = 0
    for row, following in pairwise(rows):
        position = {place: number for number, place in enumerate(following)}
        seen: list[int] = []
        for place in row:
            ends = sorted(position[near] for near in rights[place])
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def _tops(rows: Sequence[Sequence[int]], segments: Sequence[Segment], tasks: int, places: int) -> list[float]:
    """Return the upper edge of each place: as near to its neighbours as the order of its column allows."""
    middles = [0.0] * places
    for row in rows:
        _place_row(row, [0.0] * len(row), tasks, middles)
    lefts, rights = _neighbours(places, segments)
    for turn in range(_SMOOTHINGS):
        for row in rows if turn % 2 == 0 else reversed(rows):
            wanted = []
            for place in row:
                near = [middles[other] for other in (*lefts[place], *rights[place])]
                wanted.append(sum(near) / len(near) if near else middles[place])
            _place_row(row, wanted, tasks, middles)
    tops = [middle - _size(place, tasks) / 2 for place, middle in enumerate(middles)]
    highest = min(tops, default=0.0)
    return [top - highest for top in tops]


def _place_row(row: Sequence[int], wanted: Sequence[float], tasks: int, middles: list[float]) -> None:
    """Set the middles of a column: as little away from what is wanted as possible, without touching.

    Neighbours that would touch become a block, which stands at the mean of what its members want.
    """
    offsets: list[float] = []
    below = 0.0
    for place in row:
        offsets.append(below + _size(place, tasks) / 2)
        below += _size(place, tasks) + SPACE
    blocks: list[tuple[float, int]] = []
    for offset, goal in zip(offsets, wanted, strict=True):
        total, count = goal - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / count:
            earlier, members = blocks.pop()
            total, count = total + earlier, count + members
        blocks.append((total, count))
    shifts = [total / count for total, count in blocks for _ in range(count)]
    for place, offset, shift in zip(row, offsets, shifts, strict=True):
        middles[place] = offset + shift
