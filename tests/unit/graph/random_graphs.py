"""Small random graphs for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from planner.graph.precedence_graph import PrecedenceGraph, build_precedence_graph


def _ids(count: int) -> list[str]:
    return [f"T{number:03}" for number in range(count)]


@st.composite
def any_graphs(draw: st.DrawFn, most: int = 9) -> PrecedenceGraph:
    """Graphs that may have cycles and loops."""
    ids = _ids(draw(st.integers(1, most)))
    name = st.sampled_from(ids)
    return build_precedence_graph(ids, draw(st.lists(st.tuples(name, name), max_size=3 * most)))


@st.composite
def acyclic_graphs(draw: st.DrawFn, most: int = 12) -> PrecedenceGraph:
    """Graphs without a cycle whose numbers are not already in order."""
    ids = _ids(draw(st.integers(1, most)))
    order = draw(st.permutations(ids))
    place = st.integers(0, len(ids) - 1)
    pairs = draw(st.lists(st.tuples(place, place), max_size=3 * most))
    return build_precedence_graph(
        ids, [(order[min(pair)], order[max(pair)]) for pair in pairs if len({*pair}) > 1]
    )
