from __future__ import annotations

import networkx as nx

from planner.graph.exports import to_dot, to_graphml
from planner.graph.precedence_graph import build_precedence_graph

GRAPH = build_precedence_graph(["P1.T001", "P1.T002"], [("P1.T001", "P1.T002")])


def test_dot_quotes_ids_and_titles() -> None:
    assert to_dot(GRAPH, {"P1.T001": 'Say "hello" \\ bye'}) == (
        "digraph plan {\n"
        "  rankdir=LR;\n"
        "  node [shape=box];\n"
        '  "P1.T001" [label="P1.T001\\nSay \\"hello\\" \\\\ bye"];\n'
        '  "P1.T002" [label="P1.T002"];\n'
        '  "P1.T001" -> "P1.T002";\n'
        "}\n"
    )


def test_graphml_reads_back_as_the_same_graph() -> None:
    back = nx.parse_graphml(to_graphml(GRAPH, {"P1.T002": "a < b & c"}))
    assert list(back.edges) == [("P1.T001", "P1.T002")]
    assert back.nodes["P1.T002"]["label"] == "a < b & c"
