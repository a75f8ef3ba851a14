"""Plan.md and Decisions.md: only what was derived or quoted, and small for a small plan."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from planner.documents.task_table import places
from planner.make_plan import make_plan
from schemas.evidence import SourceEvidence, Span
from schemas.plan import Plan
from schemas.settings import PlanSettings, Settings
from schemas.task_execution import FileScope
from schemas.tasks import CodebaseAnalysis, NearestExisting, ThreePointEstimate
from tests.unit.drafting.drafted import drafted
from tests.unit.making_plans.drafts import (
    TIMESTAMP,
    TITLES,
    dependency,
    draft_of,
    good_draft,
    good_plan,
    task,
)

ORDER = [
    "Execution Strategy Recommendation",
    "Codebase Analysis Results",
    "Execution Metrics",
    "Tasks",
    "Wave-Based Execution Plan",
    "Rolling Frontier Execution Plan",
    "Risk Analysis",
    "Resource Bottleneck Analysis",
    "Auto-Normalization Actions Taken",
    "Success Metrics",
]
SCREEN = 46


def chain(count: int) -> Plan:
    tasks = [
        task(1, TITLES[number % 4], id=f"T{number:03}", title=f"{TITLES[number % 4]} {number}")
        for number in range(count)
    ]
    edges = [
        dependency(1, 2).model_copy(update={"from_": tasks[n].id, "to": tasks[n + 1].id})
        for n in range(count - 1)
    ]
    quick = Settings(plan=PlanSettings(forecast_draws=20))
    return make_plan(draft_of(*tasks, dependencies=tuple(edges)), quick, TIMESTAMP)


def headings(document: str) -> list[str]:
    return [
        line.removeprefix("## ").partition(":")[0] for line in document.splitlines() if line.startswith("## ")
    ]


def test_the_sections_stand_in_the_order_of_the_format() -> None:
    found = headings(good_plan().plan_document)
    assert found == [title for title in ORDER if title in found]
    assert {"Tasks", "Wave-Based Execution Plan", "Resource Bottleneck Analysis"} <= set(found)


def test_sections_without_content_are_left_out() -> None:
    found = headings(chain(3).plan_document)
    assert "Risk Analysis" not in found
    assert "Auto-Normalization Actions Taken" not in found
    assert "Resource Bottleneck Analysis" not in found


def test_a_plan_of_three_tasks_fits_one_screen() -> None:
    assert len(chain(3).plan_document.splitlines()) <= SCREEN


def test_a_checklist_of_three_boxes_fits_one_screen_and_says_nothing_twice() -> None:
    boxes = "- [ ] Write the parser\n- [ ] Write the printer\n- [ ] Connect both\n"
    plan = make_plan(drafted(f"# Program\n\n{boxes}"), Settings(), TIMESTAMP)
    lines = plan.plan_document.splitlines()
    assert len(lines) <= SCREEN
    assert "- Answered by a task: 3 of 3 statements of the documents" in lines
    assert "- Each of them stands in the evidence of its task above" in lines
    assert sum("P80" in line for line in lines) == 2  # both models at once, and the only wave


def test_every_task_stands_in_the_table_with_executor_check_dependency_and_line() -> None:
    document = good_plan().plan_document
    row = next(line for line in document.splitlines() if line.startswith("| P1.T003"))
    assert row == (
        "| P1.T003 | Connect parser and printer | command | `make test` | P1.T001, P1.T002 "
        "| 1/2/4 (document) | spec.md:5 |"
    )


def test_every_number_of_the_forecast_in_the_document_stands_in_the_artifacts() -> None:
    plan = good_plan()
    models = plan.waves.execution_models
    rolling, waved = models.rolling_frontier.estimated_completion_time, models.wave_based.estimated_completion
    assert rolling is not None
    assert waved is not None
    section = plan.plan_document.split("## Codebase")[0]
    hours = {float(number) for number in re.findall(r"(\d+\.\d) h", section)}
    assert {rolling.p50_hours, rolling.p95_hours, waved.p50_hours, waved.p95_hours} <= hours


@pytest.mark.parametrize(("count", "drawn"), [(1, False), (40, True), (41, False)])
def test_a_graph_is_drawn_up_to_forty_tasks_and_where_there_are_edges(count: int, drawn: bool) -> None:  # noqa: FBT001 - a test table
    assert ("```mermaid" in chain(count).plan_document) is drawn


def test_titles_break_neither_the_table_nor_the_graph() -> None:
    nasty = 'Write "a|b" #1 <x>'
    tasks = (task(1, TITLES[0], title=nasty), task(2, TITLES[1]))
    document = make_plan(
        draft_of(*tasks, dependencies=(dependency(1, 2),)), Settings(), TIMESTAMP
    ).plan_document
    assert 'Write "a\\|b" #1 <x>' in document
    label = next(line for line in document.splitlines() if line.startswith('  n0["'))
    assert label == '  n0["P1.T001: Write #quot;a|b#quot; #35;1 #lt;x#gt;"]'


def test_a_rejected_plan_says_so_at_the_top_and_lists_its_errors() -> None:
    draft = good_draft()
    first = draft.tasks[0].model_copy(update={"acceptance_checks": ()})
    plan = make_plan(replace(draft, tasks=(first, *draft.tasks[1:])), Settings(), TIMESTAMP)
    assert "**rejected: 1 error," in plan.plan_document.splitlines()[2]
    assert "[checks_present]" in plan.plan_document


def test_estimates_by_the_sizing_rule_are_labelled_and_decided_openly() -> None:
    draft = replace(
        good_draft(), estimate_origins=dict.fromkeys(good_draft().estimate_origins, "sizing_rule")
    )
    plan = make_plan(draft, Settings(), TIMESTAMP)
    assert "1/2/4 (sizing rule)" in plan.plan_document
    assert plan.dag.metrics.estimatesBySizingRulePct == 1
    assert "Estimates by the Sizing Rule" in plan.decisions_document


def test_defaults_are_named_in_the_decisions() -> None:
    defaulted = tuple(item.model_copy(update={"origin": {"scope": "default"}}) for item in good_draft().tasks)
    plan = make_plan(replace(good_draft(), tasks=defaulted), Settings(), TIMESTAMP)
    assert "- scope: our default at all 4 tasks" in plan.decisions_document


def test_fields_that_are_left_open_at_the_same_tasks_share_a_line() -> None:
    first, *others = good_draft().tasks
    origin = {"scope": "default", "logging": "default", "title": "document"}
    some = first.model_copy(update={"origin": origin})
    plan = make_plan(replace(good_draft(), tasks=(some, *others)), Settings(), TIMESTAMP)
    assert "- logging, scope: our default at 1 of 4 tasks (P1.T001)" in plan.decisions_document


def test_new_components_stand_beside_the_nearest_that_exist() -> None:
    near = NearestExisting(name="shop.Cart", path="shop.py", line=3, score=0.43)
    first, second, *others = good_draft().tasks
    new = (
        first.model_copy(update={"nearest_existing": near}),
        second.model_copy(update={"file_scope": FileScope(create=("a.py", "b.py"))}),
    )
    codebase = CodebaseAnalysis(symbols=7)
    plan = make_plan(replace(good_draft(), tasks=(*new, *others), codebase=codebase), Settings(), TIMESTAMP)
    document = plan.decisions_document
    assert "2 tasks of 4 make something that the codebase does not have, among its 7 symbols" in document
    nearest = "the nearest that exists is `shop.Cart` in shop.py:3 (43%)"
    assert f"- P1.T001, new: {TITLES[0]} (SELECTED); {nearest}" in document
    assert "- P1.T002, new: `a.py`, `b.py` (SELECTED); nothing near it exists" in document
    empty = replace(good_draft(), tasks=(*new, *others), codebase=CodebaseAnalysis(symbols=0))
    assert "New Components" not in make_plan(empty, Settings(), TIMESTAMP).decisions_document


def test_each_decision_has_context_options_and_rationale() -> None:
    document = good_plan().decisions_document
    count = document.count("## Decision ")
    assert count >= 2
    for part in ("### Context", "### Options Considered", "### Rationale"):
        assert document.count(part) == count
    assert "(SELECTED)" in document


def test_a_dependency_that_orders_nothing_is_a_risk_that_is_shown() -> None:
    edge = dependency(1, 2, confidence=0.5)
    plan = make_plan(
        draft_of(task(1, TITLES[0]), task(2, TITLES[1]), dependencies=(edge,)), Settings(), TIMESTAMP
    )
    assert "- Not sure enough: P1.T001 → P1.T002 (confidence 0.5)" in plan.plan_document


def test_lines_that_follow_one_another_are_shown_as_one_range_and_a_document_once() -> None:
    quotes = [
        SourceEvidence(quote="x", loc=Span(start=0, end=1), document=name, startLine=first, endLine=last)
        for name, first, last in (("a.md", 3, 3), ("a.md", 4, 5), ("b.md", 1, 1), ("a.md", 9, 9))
    ]
    assert places(quotes) == "a.md:3-5, 9; b.md:1"
    assert places([quotes[0].model_copy(update={"document": None})]) == "line 3"


def test_when_both_models_take_as_long_the_document_says_what_decided() -> None:
    one = make_plan(draft_of(task(1, TITLES[0])), Settings(), TIMESTAMP)
    assert "so it stays with what was asked for: `rolling_frontier`" in one.plan_document
    assert "so it stays" not in chain_of_unequal_branches().plan_document


def chain_of_unequal_branches() -> Plan:
    """Two chains whose waves wait for each other: the frontier is faster."""
    hours = (1, 8, 8, 1)
    tasks = [
        task(1, TITLES[number], id=f"T{number}").model_copy(
            update={"duration": ThreePointEstimate(optimistic=h, mostLikely=h, pessimistic=h)}
        )
        for number, h in enumerate(hours)
    ]
    edges = tuple(
        dependency(1, 2).model_copy(update={"from_": f"T{before}", "to": f"T{after}"})
        for before, after in ((0, 2), (1, 3))
    )
    return make_plan(draft_of(*tasks, dependencies=edges), Settings(), TIMESTAMP)


def test_tasks_with_no_check_but_the_whole_suite_are_named() -> None:
    text = "# T\n## A\n```sh run\na\n```\n```sh check\ntest -s a\n```\n## B\n```sh run\nb\n```\n"
    plan = make_plan(drafted(text), Settings(plan=PlanSettings(forecast_draws=20)), TIMESTAMP)
    (line,) = (line for line in plan.plan_document.splitlines() if line.startswith("- No check of their own"))
    assert line.endswith(": P1.T002")
