from __future__ import annotations

import pytest

from planner.graph.density import edge_density, isolated_tasks
from planner.graph.precedence_graph import DuplicateTask, UnknownTask, build_precedence_graph


def test_an_edge_given_twice_counts_once() -> None:
    graph = build_precedence_graph(["A", "B"], [("A", "B"), ("A", "B")])
    assert graph.edges() == [("A", "B")]
    assert graph.predecessors == ((), (0,))


def test_an_edge_to_a_task_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(UnknownTask, match=r"A -> Z names the task Z"):
        build_precedence_graph(["A"], [("A", "Z")])


def test_an_id_given_twice_is_refused() -> None:
    with pytest.raises(DuplicateTask, match="id A"):
        build_precedence_graph(["A", "B", "A"], [])


def test_density_is_edges_over_ordered_pairs_as_in_the_seed() -> None:
    ids = [f"T{n}" for n in range(84)]
    pairs = [(ids[u], ids[v]) for u in range(84) for v in range(u + 1, 84)][:141]
    assert round(edge_density(build_precedence_graph(ids, pairs)), 3) == 0.020


def test_density_of_one_task_is_zero() -> None:
    assert edge_density(build_precedence_graph(["A"], [])) == 0.0


def test_isolated_tasks_have_no_neighbour_on_either_side() -> None:
    assert isolated_tasks(build_precedence_graph(["A", "B", "C"], [("A", "C")])) == [1]
