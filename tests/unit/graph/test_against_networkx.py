"""networkx as an oracle: slower, but somebody else's."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.graph.cycle_report import simple_cycles
from planner.graph.cycles import CycleFound, find_cycle
from planner.graph.density import edge_density, isolated_tasks
from planner.graph.exact_width import exact_width
from planner.graph.exports import to_networkx
from planner.graph.kahn_layers import layer_of_each, layer_widths
from planner.graph.longest_path import longest_path, stage_count
from planner.graph.precedence_graph import PrecedenceGraph, build_precedence_graph
from planner.graph.topological_order import topological_order
from planner.graph.transitive_reduction import transitive_reduction
from tests.unit.graph.random_graphs import acyclic_graphs, any_graphs


@given(any_graphs())
def test_a_cycle_is_found_exactly_when_there_is_one(graph: PrecedenceGraph) -> None:
    cycle = find_cycle(graph)
    oracle = to_networkx(graph)
    assert bool(cycle) != nx.is_directed_acyclic_graph(oracle)
    assert all(oracle.has_edge(*pair) for pair in zip(cycle, cycle[1:] + cycle[:1], strict=True))
    assert len(set(cycle)) == len(cycle)


@given(any_graphs())
def test_ordering_a_graph_with_a_cycle_names_the_cycle(graph: PrecedenceGraph) -> None:
    assume(find_cycle(graph))
    with pytest.raises(CycleFound) as refused:
        topological_order(graph)
    assert list(refused.value.cycle) == find_cycle(graph)


@given(acyclic_graphs())
def test_the_order_is_the_least_by_id(graph: PrecedenceGraph) -> None:
    expected = list(nx.lexicographical_topological_sort(to_networkx(graph)))
    assert graph.names(topological_order(graph)) == expected


@given(acyclic_graphs(), st.data())
def test_the_longest_path_is_as_long_as_the_oracles(graph: PrecedenceGraph, data: st.DataObject) -> None:
    hours = data.draw(st.lists(st.integers(0, 9), min_size=len(graph.ids), max_size=len(graph.ids)))
    weighted: nx.DiGraph[str] = nx.DiGraph()
    # networkx weighs edges, so each task's duration stands on an edge out of it, the last one's to a sink.
    weighted.add_weighted_edges_from(
        (name, other, hours[number])
        for number, name in enumerate(graph.ids)
        for other in ("sink", *graph.names(graph.successors[number]))
    )
    path = longest_path(graph, [float(hour) for hour in hours])
    assert path.length == nx.dag_longest_path_length(weighted)
    assert path.length == sum(hours[task] for task in path.tasks)
    chain = graph.names(path.tasks)
    assert all(pair in graph.edges() for pair in pairwise(chain))


@given(acyclic_graphs())
def test_stages_and_layers_agree_with_the_oracle(graph: PrecedenceGraph) -> None:
    layers = list(nx.topological_generations(to_networkx(graph)))
    assert layer_widths(graph) == [len(layer) for layer in layers]
    assert stage_count(graph) == len(layers)
    assert all(
        layer_of_each(graph)[graph.ids.index(name)] == at for at, row in enumerate(layers) for name in row
    )


@given(acyclic_graphs())
@settings(max_examples=300, deadline=None)
def test_the_width_is_the_largest_set_of_tasks_that_do_not_wait_for_each_other(
    graph: PrecedenceGraph,
) -> None:
    width = exact_width(graph)
    assert width == max(map(len, nx.antichains(to_networkx(graph))), default=0)
    assert width == exact_width(transitive_reduction(graph))
    assert width >= max(layer_widths(graph))


@pytest.mark.parametrize("seed", range(12))
def test_the_width_is_that_of_a_matching_on_everything_reachable(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a graph that is the same each time
    ids = [f"T{number:02}" for number in range(60)]
    near = [sorted(random.sample(range(start, start + 12), 2)) for start in range(48) for _ in range(2)]
    graph = build_precedence_graph(ids, [(ids[before], ids[after]) for before, after in near])
    reachable: nx.Graph[str] = nx.Graph()
    for before in ids:
        for after in nx.descendants(to_networkx(graph), before):
            reachable.add_edge(f"send {before}", f"take {after}")
    senders = [node for node in reachable if node.startswith("send")]
    links = len(nx.bipartite.hopcroft_karp_matching(reachable, senders)) // 2
    assert exact_width(graph) == 60 - links


@given(acyclic_graphs())
def test_the_reduction_is_the_oracles(graph: PrecedenceGraph) -> None:
    reduced = transitive_reduction(graph)
    assert set(reduced.edges()) == set(nx.transitive_reduction(to_networkx(graph)).edges)
    assert {(v, u) for v, before in enumerate(reduced.predecessors) for u in before} == {
        (v, u) for u, after in enumerate(reduced.successors) for v in after
    }


@given(acyclic_graphs())
def test_density_and_isolated_tasks_agree_with_the_oracle(graph: PrecedenceGraph) -> None:
    oracle = to_networkx(graph)
    assert edge_density(graph) == pytest.approx(nx.density(oracle))
    assert graph.names(isolated_tasks(graph)) == list(nx.isolates(oracle))


@given(any_graphs(most=6))
def test_all_cycles_are_listed_when_they_are_few(graph: PrecedenceGraph) -> None:
    oracle = {frozenset(zip(c, c[1:] + c[:1], strict=True)) for c in nx.simple_cycles(to_networkx(graph))}
    listed = [frozenset(zip(c, c[1:] + c[:1], strict=True)) for c in simple_cycles(graph.edges(), 10**6)]
    assert set(listed) == oracle
    assert len(listed) == len(oracle)
