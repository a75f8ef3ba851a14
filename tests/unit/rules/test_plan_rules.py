"""Each plan rule: one plan that breaks exactly it, beside a good plan that breaks none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from planner.draft import Draft
from planner.make_plan import make_plan
from planner.rules.plan_rules import RULES, is_good, rejection, validate
from planner.rules.rule import MOST_FINDINGS
from planner.stages.artifact_seal import sealed, sealed_task
from schemas.dag import Finding
from schemas.errors import CyclicDependencies, PlanValidationFailed, ResourceConflictUnresolvable
from schemas.evidence import Span
from schemas.features import Statement
from schemas.plan import Plan
from schemas.settings import PlanSettings, Settings
from schemas.task_execution import FileScope
from schemas.tasks import SharedResource, Task, ThreePointEstimate
from tests.unit.making_plans.drafts import (
    TIMESTAMP,
    dependency,
    good_draft,
    good_plan,
    needing,
    task,
)

SECRET = "ghp_" + "a1B2" * 9


def planned(draft: Draft) -> Plan:
    return make_plan(draft, Settings(), TIMESTAMP)


def with_first_task(**changes: object) -> Plan:
    draft = good_draft()
    return planned(replace(draft, tasks=(draft.tasks[0].model_copy(update=changes), *draft.tasks[1:])))


def with_tasks(change: Callable[[int, Task], Task]) -> Plan:
    draft = good_draft()
    return planned(replace(draft, tasks=tuple(change(n, item) for n, item in enumerate(draft.tasks))))


def with_dependency(**changes: object) -> Plan:
    draft = good_draft()
    changed = draft.dependencies[0].model_copy(update=changes)
    return planned(replace(draft, dependencies=(changed, *draft.dependencies[1:])))


def with_resealed_tasks(plan: Plan, **changes: object) -> Plan:
    return replace(plan, tasks=sealed(plan.tasks.model_copy(update=changes)))


def cyclic() -> Plan:
    draft = good_draft()
    return planned(replace(draft, dependencies=(*draft.dependencies, dependency(4, 1))))


def without_estimates() -> Plan:
    return with_tasks(lambda n, item: item if n == 0 else item.model_copy(update={"duration": None}))


def out_of_order() -> Plan:
    plan = good_plan()
    return replace(plan, dag=sealed(plan.dag.model_copy(update={"topo_order": plan.dag.topo_order[::-1]})))


def edited() -> Plan:
    plan = good_plan()
    changed = plan.tasks.tasks[0].model_copy(update={"description": "something else"})
    tasks = plan.tasks.model_copy(update={"tasks": (changed, *plan.tasks.tasks[1:])})
    return replace(plan, tasks=tasks)


def without_density() -> Plan:
    draft = good_draft()
    tasks = [item.model_copy(update={"resource_requirements": needing()}) for item in draft.tasks]
    return planned(replace(draft, dependencies=(), tasks=tuple(tasks)))


def without_feature_evidence() -> Plan:
    draft = good_draft()
    feature = draft.features[0].model_copy(update={"source_evidence": ()})
    return planned(replace(draft, features=(feature,)))


def without_resolution() -> Plan:
    plan = good_plan()
    tasks = sealed(plan.tasks.model_copy(update={"resource_conflicts": {}}))
    waves = sealed(plan.waves.model_copy(update={"planId": f"PLAN-{tasks.generated.contentHash[:8]}"}))
    return replace(plan, tasks=tasks, waves=waves)


def misplaced_quote() -> Plan:
    quoted = good_draft().tasks[0].source_evidence[0]
    return with_first_task(source_evidence=(quoted.model_copy(update={"loc": Span(start=0, end=1)}),))


def unlike_case() -> Plan:
    draft = good_draft()
    extra = task(5, "Document the program", id="p1.t001", feature_id="F001")
    return planned(replace(draft, tasks=(*draft.tasks, extra)))


def titled(_: int, item: Task) -> Task:
    return item.model_copy(update={"title": f"The {item.title.lower()}"})


def with_a_lost_statement() -> Plan:
    quoted = good_draft().tasks[0].source_evidence[0]
    lost = Statement(id="S001", kind="requirement", source_evidence=quoted)
    return planned(replace(good_draft(), statements=(lost,)))


BREAKERS: dict[str, Callable[[], Plan]] = {
    "no_cycles": cyclic,
    "resource_edges_typed": lambda: with_dependency(shared_resource="grammar"),
    "boundaries_present": lambda: with_first_task(boundaries=None),
    "estimates_cover_half": without_estimates,
    "evidence_present": lambda: with_dependency(evidence=()),
    "checks_present": lambda: with_first_task(acceptance_checks=()),
    "no_secrets": lambda: with_first_task(description=f"log in with {SECRET}"),
    "codebase_analysed": lambda: planned(
        replace(without_resources(good_draft()), codebase=None, resources={})
    ),
    "ids_unique": lambda: planned(replace(good_draft(), features=good_draft().features * 2)),
    "ids_safe": unlike_case,
    "references_resolve": lambda: with_first_task(feature_id="F099"),
    "paths_inside": lambda: with_first_task(file_scope=FileScope(modify=("../*.py",))),
    "statements_answered": with_a_lost_statement,
    "durations_ordered": lambda: with_first_task(
        duration=ThreePointEstimate(optimistic=3, mostLikely=2, pessimistic=4)
    ),
    "evidence_located": misplaced_quote,
    "resources_fit": lambda: planned(
        replace(
            good_draft(),
            resources={"grammar": SharedResource(type="shared_limited", capacity=2, reason="two")},
            tasks=(
                good_draft()
                .tasks[0]
                .model_copy(update={"resource_requirements": needing(shared_resources={"grammar": 3})}),
                *without_resources(good_draft()).tasks[1:],
            ),
        )
    ),
    "hashes_match": edited,
    "artifacts_agree": out_of_order,
    "edge_density": without_density,
    "verb_first": lambda: with_tasks(titled),
    "evidence_coverage": without_feature_evidence,
    "conflicts_settled": without_resolution,
}


def without_resources(draft: Draft) -> Draft:
    tasks = [item.model_copy(update={"resource_requirements": needing()}) for item in draft.tasks]
    return replace(draft, tasks=tuple(tasks))


def broken_rules(plan: Plan) -> set[str]:
    return {finding.rule for finding in validate(plan)} & {rule.name for rule in RULES}


def test_a_good_plan_breaks_no_rule() -> None:
    assert validate(good_plan()) == ()


def test_each_rule_has_a_plan_that_breaks_it() -> None:
    assert list(BREAKERS) == [rule.name for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_plan_that_breaks_one_rule_is_told_that_one(rule: object) -> None:
    name = getattr(rule, "name", "")
    broken = BREAKERS[name]()
    companions = {"evidence_present": {"evidence_coverage"}}.get(name, set())
    assert broken_rules(broken) - companions == {name}


@pytest.mark.parametrize("name", BREAKERS)
def test_a_finding_says_what_to_do_and_where(name: str) -> None:
    finding = next(item for item in validate(BREAKERS[name]()) if item.rule == name)
    assert finding.file is not None
    assert finding.file.endswith(".json")
    assert len(finding.message) > 30


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_only_errors_reject_a_plan(rule: object) -> None:
    findings = validate(BREAKERS[getattr(rule, "name", "")]())
    assert is_good(findings) == (getattr(rule, "severity", "") == "warning")


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("no_cycles", CyclicDependencies, 3),
        ("resources_fit", ResourceConflictUnresolvable, 4),
        ("checks_present", PlanValidationFailed, 5),
    ],
)
def test_a_rejected_plan_has_the_error_of_its_rule(name: str, kind: type, code: int) -> None:
    error = rejection(validate(BREAKERS[name]()))
    assert type(error) is kind
    assert error is not None
    assert error.exit_code == code


def test_a_plan_without_errors_is_not_rejected() -> None:
    assert rejection(validate(BREAKERS["verb_first"]())) is None


def test_a_secret_in_a_quote_is_found_and_not_repeated_in_the_finding() -> None:
    quoted = good_draft().tasks[0].source_evidence[0]
    leaking = quoted.model_copy(update={"quote": f"the token {SECRET}"})
    findings = [
        item for item in validate(with_first_task(source_evidence=(leaking,))) if item.rule == "no_secrets"
    ]
    assert [item.pointer for item in findings] == ["/tasks/0/source_evidence/0/quote"]
    assert SECRET not in findings[0].message


def test_what_the_drafter_noted_is_kept_in_the_plan_and_repeated() -> None:
    noted = Finding(rule="drafter_says", severity="warning", message="look at line 3", file="spec.md", line=3)
    plan = planned(replace(good_draft(), findings=(noted,)))
    assert noted in plan.dag.warnings
    assert noted in validate(plan)


def test_an_error_of_the_drafter_rejects_the_plan() -> None:
    noted = Finding(rule="drafter_says", severity="error", message="cannot be", file="spec.md", line=3)
    plan = planned(replace(good_draft(), findings=(noted,)))
    assert not plan.dag.ok
    assert isinstance(rejection(validate(plan)), PlanValidationFailed)


def test_of_very_many_breaches_the_first_are_shown_and_the_rest_is_counted() -> None:
    tasks = tuple(
        sealed_task(task(1, "Write the parser", id=f"T{n}", acceptance_checks=()))
        for n in range(MOST_FINDINGS + 7)
    )
    plan = with_resealed_tasks(good_plan(), tasks=tasks)
    rule = next(rule for rule in RULES if rule.name == "checks_present")
    findings = rule.findings(plan)
    assert len(findings) == MOST_FINDINGS + 1
    assert "7 more" in findings[-1].message


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Add a test", True),
        ("refactor: the parser", True),
        ("The parser", False),
        ("", False),
        ("Übersicht", False),
    ],
)
def test_a_title_begins_with_a_verb_or_not(title: str, expected: bool) -> None:  # noqa: FBT001 - a test table
    from planner.rules.action_verbs import begins_with_verb

    assert begins_with_verb(title) is expected


def test_a_statement_that_names_an_unknown_task_is_told() -> None:
    quoted = good_draft().tasks[0].source_evidence[0]
    lost = Statement(
        id="S001", kind="requirement", source_evidence=quoted, tasks=("P9.T999",), linked_by="place"
    )
    found = validate(planned(replace(good_draft(), statements=(lost,))))
    assert [(item.rule, item.pointer) for item in found if item.severity == "error"] == [
        ("references_resolve", "/statements/0/tasks")
    ]


def test_a_secret_in_a_statement_rejects_the_plan() -> None:
    quoted = good_draft().tasks[0].source_evidence[0].model_copy(update={"quote": SECRET})
    statement = Statement(id="S001", kind="requirement", source_evidence=quoted, uncovered="nobody does it")
    found = validate(planned(replace(good_draft(), statements=(statement,))))
    assert "no_secrets" in {item.rule for item in found}


def test_a_strict_plan_wants_estimates_that_somebody_made() -> None:
    by_rule = tuple(
        item.model_copy(update={"origin": {"duration": "default"}}) for item in good_draft().tasks
    )
    draft = replace(good_draft(), tasks=by_rule)
    assert not rejection(validate(make_plan(draft, Settings(), TIMESTAMP)))
    strict = Settings(plan=PlanSettings(strict=True))
    (found,) = (item for item in validate(make_plan(draft, strict, TIMESTAMP)) if item.severity == "error")
    assert found.rule == "estimates_cover_half"
    assert "0 of 4 tasks have an estimate that is not by the sizing rule" in found.message
    assert not rejection(validate(make_plan(good_draft(), strict, TIMESTAMP)))
