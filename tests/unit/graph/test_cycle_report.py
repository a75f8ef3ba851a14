from __future__ import annotations

from planner.graph.cycle_report import (
    CycleBreakSuggestion,
    DoubtfulEdge,
    cycle_break_suggestions,
    simple_cycles,
)
from tests.under_hash_seeds import printed_under_hash_seeds

COMPLETE = [(f"T{u:02}", f"T{v:02}") for u in range(20) for v in range(20) if u != v]


def test_the_soft_edge_is_dropped_before_a_less_sure_hard_one() -> None:
    edges = [DoubtfulEdge("A", "B", 0.7, hard=True), DoubtfulEdge("B", "A", 0.9, hard=False)]
    reason = "B -> A is the weakest dependency of the cycle (soft, confidence 0.9)"
    assert cycle_break_suggestions(edges) == [CycleBreakSuggestion(("A", "B"), "B", "A", reason)]


def test_among_hard_edges_the_least_sure_one_is_dropped() -> None:
    edges = [DoubtfulEdge("A", "B", 0.9, hard=True), DoubtfulEdge("B", "A", 0.8, hard=True)]
    assert [(one.before, one.after) for one in cycle_break_suggestions(edges)] == [("B", "A")]


def test_an_edge_stated_twice_is_as_strong_as_its_strongest_statement() -> None:
    edges = [
        DoubtfulEdge("A", "B", 0.9, hard=True),
        DoubtfulEdge("A", "B", 0.1, hard=False),
        DoubtfulEdge("B", "A", 0.8, hard=True),
    ]
    assert [(one.before, one.after) for one in cycle_break_suggestions(edges)] == [("B", "A")]


def test_a_plan_without_cycles_needs_no_suggestion() -> None:
    assert cycle_break_suggestions([DoubtfulEdge("A", "B", 0.9, hard=True)]) == []


def test_a_task_that_waits_for_itself_is_a_cycle_of_one() -> None:
    assert simple_cycles([("A", "A")]) == [("A",)]


def test_a_graph_with_endless_cycles_lists_as_many_as_asked() -> None:
    assert len(simple_cycles(COMPLETE, 7)) == 7


def test_every_knot_shows_a_cycle_even_when_one_knot_could_fill_the_list() -> None:
    assert ("Z1", "Z2") in simple_cycles([*COMPLETE, ("Z1", "Z2"), ("Z2", "Z1")], 5)


def test_the_list_is_the_same_under_any_hash_seed() -> None:
    program = (
        "from tests.unit.graph.test_cycle_report import COMPLETE, simple_cycles\n"
        "print(simple_cycles(COMPLETE, 7))"
    )
    assert len(printed_under_hash_seeds(program)) == 1
