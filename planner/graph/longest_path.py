"""The longest way through the graph, in stages and in hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.graph.precedence_graph import PrecedenceGraph
from planner.graph.topological_order import topological_order


@dataclass(frozen=True, slots=True)
class LongestPath:
    """A chain of tasks that no other chain exceeds; `length` is in the unit of the durations."""

    tasks: tuple[int, ...]
    length: float


def tail_lengths(graph: PrecedenceGraph, durations: Sequence[float], order: Sequence[int]) -> list[float]:
    """Return for each task the longest duration from its start to the end of the plan.

    Args:
        graph: the tasks and their edges, without a cycle.
        durations: one duration for each task, in any unit; the result has the same.
        order: a topological order of the graph.
    """
    tails = list(durations)
    for task in reversed(order):
        tails[task] += max((tails[successor] for successor in graph.successors[task]), default=0.0)
    return tails


def longest_path(graph: PrecedenceGraph, durations: Sequence[float]) -> LongestPath:
    """Return the critical path: its tasks and the sum of their durations (0 for an empty plan).

    Raises:
        CycleFound: the graph has a cycle.
    """
    if not graph.ids:
        return LongestPath((), 0.0)
    tails = tail_lengths(graph, durations, topological_order(graph))
    # A task of no duration has the tail of its successor: sources and edges are followed, not tails alone.
    sources = [task for task, before in enumerate(graph.predecessors) if not before]
    path = [_longest(sources, tails)]
    while graph.successors[path[-1]]:
        path.append(_longest(graph.successors[path[-1]], tails))
    return LongestPath(tuple(path), tails[path[0]])


def stage_count(graph: PrecedenceGraph) -> int:
    """Return how many tasks the longest chain has: the `longestPath` of dag.json.

    Raises:
        CycleFound: the graph has a cycle.
    """
    return int(longest_path(graph, [1.0] * len(graph.ids)).length)


def _longest(tasks: Sequence[int], tails: Sequence[float]) -> int:
    return min(tasks, key=lambda task: (-tails[task], task))
