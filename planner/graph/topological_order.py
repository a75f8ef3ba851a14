"""Kahn's algorithm: an order in which every task stands after all its predecessors."""

from __future__ import annotations

import heapq

from planner.graph.cycles import CycleFound, find_cycle
from planner.graph.precedence_graph import PrecedenceGraph


def topological_order(graph: PrecedenceGraph) -> list[int]:
    """Return all task numbers, predecessors first; of several possible tasks the least id comes first.

    Raises:
        CycleFound: no such order exists; the error holds one cycle.
    """
    ids = graph.ids
    waiting = [len(before) for before in graph.predecessors]
    possible = [(ids[task], task) for task, count in enumerate(waiting) if not count]
    heapq.heapify(possible)
    order: list[int] = []
    while possible:
        _, task = heapq.heappop(possible)
        order.append(task)
        for successor in graph.successors[task]:
            waiting[successor] -= 1
            if not waiting[successor]:
                heapq.heappush(possible, (ids[successor], successor))
    if len(order) < len(ids):
        raise CycleFound(find_cycle(graph))
    return order
