"""Order that is stated outside of tasks: sentences below `Dependencies`, drawings, Mermaid and DOT."""

from __future__ import annotations

import pytest

from planner.drafting.drawn_graphs import drawn_edges
from planner.drafting.relation_lines import NamedTasks, find_relations
from tests.unit.drafting.drafted import drafted, edges, rules

PARTS = "# T\n" + "".join(f"## {name}\nIt MUST {name}.\n" for name in ("Core", "Store", "Web page", "Docs"))
CORE, STORE, WEB, DOCS = "P1.T001", "P1.T002", "P1.T003", "P1.T004"
NAMED = NamedTasks(
    {f"T{number:03d}": [number] for number in range(1, 31)} | {"core": [40], "web page": [41]},
    {"Setup (shared)": [1, 2], "Core Implementation": [11, 12], "Polish": [26, 27], "User Story 1": [3]},
)


def pairs(text: str) -> list[tuple[str, str]]:
    return [(earlier, later) for earlier, later, _, _, hard in edges(drafted(text)) if hard]


@pytest.mark.parametrize(
    ("line", "earlier", "later"),
    [
        ("T019-T020 (DB setup) before T021 (auth)", (19, 20), (21,)),
        ("T014\u2013T016 (API) requires T013 (service)", (13,), (14, 15, 16)),
        ("Tests (T004-T005) MUST complete before implementation (T010)", (4, 5), (10,)),
        ("T021 <- depends on T019 + T020", (19, 20), (21,)),
        ("T001, T002 and T003 block T004", (1, 2, 3), (4,)),
        ("All implementation before polish (T026)", (11, 12), (26,)),
        ("**Polish**: Depends on User Story 1", (3,), (26, 27)),
        ("the web page is blocked by the core", (40,), (41,)),
        ("T001 \u2192 T002", (1,), (2,)),
        ("T002 can start after Setup", (1, 2), (2,)),
    ],
)
def test_a_line_names_both_sides(line: str, earlier: tuple[int, ...], later: tuple[int, ...]) -> None:
    (relation,) = find_relations(line, NAMED)
    assert (relation.earlier, relation.later, relation.unclear) == (earlier, later, None)


def test_a_chain_is_a_relation_for_each_arrow() -> None:
    found = [(item.earlier, item.later) for item in find_relations("T001 -> T002 -> T003, T004", NAMED)]
    assert found == [((1,), (2,)), ((2,), (3, 4))]


@pytest.mark.parametrize(
    "line",
    ["Setup: no dependencies", "T001 does not depend on T002", "T001 never blocks T002", "we wait", "T001"],
)
def test_a_line_that_denies_or_says_nothing_is_no_relation(line: str) -> None:
    assert list(find_relations(line, NAMED)) == []


def test_a_line_with_one_known_side_is_unclear() -> None:
    (relation,) = find_relations("The kitchen sink depends on T012", NAMED)
    assert relation.unclear == "The kitchen sink depends on T012"


def test_sentences_below_dependencies_make_hard_edges_with_their_words_as_evidence() -> None:
    lines = "- The Web page depends on Store\n- Core comes before Store.\n- Docs after the moon\n"
    text = f"{PARTS}## Dependencies\n{lines}"
    draft = drafted(text)
    assert pairs(text) == [(CORE, STORE), (STORE, WEB)]
    assert draft.dependencies[0].evidence[0].quote == "Core comes before Store."
    assert "unclear-reference" in rules(draft)


def test_elsewhere_only_a_sentence_of_nothing_but_names_counts() -> None:
    assert pairs(PARTS + "## Note\nThe store must be open before the core of the earth cools.\n") == []
    assert pairs(PARTS + "## Note\nWeb page depends on Store.\n") == [(STORE, WEB)]


JOINED = (
    "Core \u2500\u2500> Store \u2500\u2500\u2510\n"
    "                 \u251c\u2500\u2500> Docs\n"
    "Web page \u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2518"
)
DRAWINGS = [
    ("Core -> Store -> Web page", [(CORE, STORE), (STORE, WEB)]),
    (JOINED, [(CORE, STORE), (STORE, DOCS), (WEB, DOCS)]),
    ("Core\n |\n v\nStore", [(CORE, STORE)]),
    ("Core --+\n       +--> Docs\nStore -+", [(CORE, DOCS), (STORE, DOCS)]),
    ("Core -+-> Store\n      +-> Docs", [(CORE, STORE), (CORE, DOCS)]),
]


@pytest.mark.parametrize(("drawing", "expected"), DRAWINGS)
def test_a_drawing_in_characters_is_read(drawing: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(f"{PARTS}## Graph\n```\n{drawing}\n```\n") == expected


@pytest.mark.parametrize(
    ("language", "graph"),
    [
        ("mermaid", "graph TD\n  a[Core] --> b[Store]\n  b -->|feeds| c(Web page)"),
        (
            "dot",
            'digraph {\n a -> b;\n b -> c;\n a [label="Core"]; b [label="Store"]; c [label="Web page"];\n}',
        ),
    ],
)
def test_written_graphs_are_read_with_the_names_that_they_show(language: str, graph: str) -> None:
    assert pairs(f"{PARTS}## Graph\n```{language}\n{graph}\n```\n") == [(CORE, STORE), (STORE, WEB)]


def test_arrows_against_the_order_of_the_tasks_mean_needs() -> None:
    assert pairs(f"{PARTS}```\nWeb page -> Store -> Core\n```\n") == [(CORE, STORE), (STORE, WEB)]


def test_arrows_both_ways_are_reported_and_order_nothing() -> None:
    draft = drafted(f"{PARTS}```\nCore -> Store\nDocs -> Web page\n```\n")
    assert [(item.isHard, item.confidence) for item in draft.dependencies] == [(False, 0.5), (False, 0.5)]
    assert "arrow-direction" in rules(draft)


def test_code_in_another_language_is_no_drawing() -> None:
    assert drawn_edges("python", "def f() -> Store: ...\nCore -> Store") == ()
    assert pairs(f"{PARTS}```python\nCore -> Store\n```\n") == []
