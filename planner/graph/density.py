"""How connected a plan is."""

from __future__ import annotations

from planner.graph.precedence_graph import PrecedenceGraph


def edge_density(graph: PrecedenceGraph) -> float:
    """Return edges / (tasks * (tasks - 1)), the share of ordered pairs that are joined; 0 below two tasks.

    Source: seed 001, whose example counts 84 tasks and 141 edges as 0.020.
    """
    tasks = len(graph.ids)
    return graph.edge_count / (tasks * (tasks - 1)) if tasks > 1 else 0.0


def isolated_tasks(graph: PrecedenceGraph) -> list[int]:
    """Return the tasks that neither wait for another nor are waited for."""
    return [
        task
        for task, (before, after) in enumerate(zip(graph.predecessors, graph.successors, strict=True))
        if not before and not after
    ]
