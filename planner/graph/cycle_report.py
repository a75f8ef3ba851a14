"""What a person needs to mend a plan with cycles: the cycles, and for each the edge that is least sure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import networkx as nx

CYCLES_LISTED = 20


@dataclass(frozen=True, slots=True)
class DoubtfulEdge:
    """A dependency with what is known of its strength; `confidence` is between 0 and 1."""

    before: str
    after: str
    confidence: float
    hard: bool


@dataclass(frozen=True, slots=True)
class CycleBreakSuggestion:
    """A cycle, by its tasks in the order of the edges, and the edge to drop first."""

    cycle: tuple[str, ...]
    before: str
    after: str
    reason: str


def simple_cycles(edges: Iterable[tuple[str, str]], most: int = CYCLES_LISTED) -> list[tuple[str, ...]]:
    """Return up to `most` cycles, each starting at its least id, short ones first.

    Their number may grow exponentially: every knot of tasks shows one cycle before the rest is filled.
    """
    pairs = sorted(set(edges))
    names = sorted({name for pair in pairs for name in pair})
    numbers = {name: number for number, name in enumerate(names)}
    # Numbers, since networkx walks through sets, whose order for strings differs from process to process.
    graph: nx.DiGraph[int] = nx.DiGraph([(numbers[before], numbers[after]) for before, after in pairs])
    knots = [
        graph.subgraph(knot)
        for knot in sorted(map(sorted, nx.strongly_connected_components(graph)))
        if len(knot) > 1 or graph.has_edge(knot[0], knot[0])
    ]
    found = {_from_least([before for before, _ in nx.find_cycle(knot)]) for knot in knots[:most]}
    for knot in knots:
        # One more than is still free, since the knot's first cycle may be among them again.
        for cycle in islice(nx.simple_cycles(knot), most - len(found) + 1):
            if len(found) < most:
                found.add(_from_least(cycle))
    named = [tuple(names[task] for task in cycle) for cycle in found]
    return sorted(named, key=lambda cycle: (len(cycle), cycle))


def cycle_break_suggestions(
    edges: Sequence[DoubtfulEdge], most: int = CYCLES_LISTED
) -> list[CycleBreakSuggestion]:
    """Return for each listed cycle its weakest edge: soft ones first, then the least confidence, then ids."""
    weakest: dict[tuple[str, str], DoubtfulEdge] = {}
    for edge in edges:
        key = (edge.before, edge.after)
        # An edge that is stated twice is as strong as its strongest statement.
        weakest[key] = max(edge, weakest.get(key, edge), key=lambda one: (one.hard, one.confidence))
    suggestions = []
    for cycle in simple_cycles(weakest, most):
        around = zip(cycle, (*cycle[1:], cycle[0]), strict=True)
        edge = min(
            (weakest[pair] for pair in around),
            key=lambda one: (one.hard, one.confidence, one.before, one.after),
        )
        suggestions.append(CycleBreakSuggestion(cycle, edge.before, edge.after, _why(edge)))
    return suggestions


def _why(edge: DoubtfulEdge) -> str:
    strength = "hard" if edge.hard else "soft"
    return (
        f"{edge.before} -> {edge.after} is the weakest dependency of the cycle "
        f"({strength}, confidence {edge.confidence:g})"
    )


def _from_least(cycle: Sequence[int]) -> tuple[int, ...]:
    start = cycle.index(min(cycle))
    return (*cycle[start:], *cycle[:start])
