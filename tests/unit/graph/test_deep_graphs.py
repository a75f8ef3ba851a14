from __future__ import annotations

from itertools import pairwise

from planner.graph.cycles import find_cycle
from planner.graph.longest_path import longest_path, stage_count
from planner.graph.precedence_graph import build_precedence_graph
from planner.graph.transitive_reduction import transitive_reduction

IDS = [f"T{number:05}" for number in range(20_000)]
CHAIN = list(pairwise(IDS))


def test_a_chain_deeper_than_the_python_stack_is_measured() -> None:
    graph = build_precedence_graph(IDS, CHAIN)
    assert find_cycle(graph) == []
    assert stage_count(graph) == 20_000
    assert longest_path(graph, [0.5] * len(IDS)).length == 10_000.0


def test_a_cycle_through_all_tasks_is_found() -> None:
    assert find_cycle(build_precedence_graph(IDS, [*CHAIN, (IDS[-1], IDS[0])])) == IDS


def test_a_shortcut_over_the_whole_chain_is_reduced_away() -> None:
    graph = build_precedence_graph(IDS[:2000], [*CHAIN[:1999], (IDS[0], IDS[1999])])
    assert transitive_reduction(graph).edges() == CHAIN[:1999]


def test_an_empty_plan_has_no_path() -> None:
    graph = build_precedence_graph([], [])
    assert stage_count(graph) == 0
    assert find_cycle(graph) == []
