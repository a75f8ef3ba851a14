"""Layers of the graph: a task stands one layer below the lowest of its predecessors."""

from __future__ import annotations

from planner.graph.precedence_graph import PrecedenceGraph
from planner.graph.topological_order import topological_order


def layer_of_each(graph: PrecedenceGraph) -> list[int]:
    """Return the layer of each task, counted from 0.

    Raises:
        CycleFound: the graph has a cycle.
    """
    layers = [0] * len(graph.ids)
    for task in topological_order(graph):
        for successor in graph.successors[task]:
            layers[successor] = max(layers[successor], layers[task] + 1)
    return layers


def layer_widths(graph: PrecedenceGraph) -> list[int]:
    """Return how many tasks each layer has; the maximum is a lower bound of the graph's true width.

    Raises:
        CycleFound: the graph has a cycle.
    """
    layers = layer_of_each(graph)
    widths = [0] * (max(layers, default=-1) + 1)
    for layer in layers:
        widths[layer] += 1
    return widths
