"""The graph for other programs: networkx, Graphviz's DOT and GraphML, as text and without their programs."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from planner.graph.precedence_graph import PrecedenceGraph


def to_networkx(graph: PrecedenceGraph, titles: Mapping[str, str] | None = None) -> nx.DiGraph[str]:
    """Return the same graph for networkx; a task with a title carries it as the node's `label`."""
    titles = titles or {}
    exported: nx.DiGraph[str] = nx.DiGraph()
    for name in graph.ids:
        exported.add_node(name, label=titles.get(name, name))
    exported.add_edges_from(graph.edges())
    return exported


def to_graphml(graph: PrecedenceGraph, titles: Mapping[str, str] | None = None) -> str:
    """Return the graph as GraphML, an XML format that graph editors read."""
    return "\n".join(nx.generate_graphml(to_networkx(graph, titles))) + "\n"


def to_dot(graph: PrecedenceGraph, titles: Mapping[str, str] | None = None) -> str:
    """Return the graph in Graphviz's language, left to right, each task with its id and title."""
    titles = titles or {}
    lines = ["digraph plan {", "  rankdir=LR;", "  node [shape=box];"]
    for name in graph.ids:
        label = f"{name}\n{titles[name]}" if name in titles else name
        lines.append(f"  {_quoted(name)} [label={_quoted(label)}];")
    lines += [f"  {_quoted(before)} -> {_quoted(after)};" for before, after in graph.edges()]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    """Quote for DOT: a raw line break would be legal but not shown, so it becomes the escape for one."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
