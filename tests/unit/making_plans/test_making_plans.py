"""From a draft to a plan: what the eight phases promise."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.draft import Draft
from planner.make_plan import make_plan
from planner.plan_demands import capacities, task_demands
from planner.rules.plan_rules import validate
from planner.storage.plan_folder import plan_texts
from schemas.canonical_json import content_hash
from schemas.dag import Finding
from schemas.plan import FENCE_ORDER, Plan
from schemas.settings import ExecuteSettings, PlanSettings, Settings
from schemas.tasks import Dependency, SchedulingHints, SharedResource, Task, ThreePointEstimate
from tests.unit.making_plans.drafts import (
    TIMESTAMP,
    TITLES,
    dependency,
    draft_of,
    good_draft,
    good_plan,
    needing,
    task,
)

QUICK = Settings(plan=PlanSettings(forecast_draws=20))


def planned(draft: Draft) -> Plan:
    return make_plan(draft, QUICK, TIMESTAMP)


def tasks(count: int, **changes: object) -> tuple[Task, ...]:
    return tuple(task(number, TITLES[(number - 1) % 4], **changes) for number in range(1, count + 1))


def rules_of(items: tuple[Finding | str, ...]) -> set[str]:
    return {item.rule for item in items if isinstance(item, Finding)}


def test_the_same_draft_gives_the_same_bytes_under_any_hash_seed() -> None:
    program = (
        "from planner.storage.plan_folder import plan_texts\n"
        "from tests.unit.making_plans.drafts import good_plan\n"
        "import hashlib\n"
        "print(hashlib.sha256(repr(plan_texts(good_plan())).encode()).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in "123"
    }
    assert len(digests) == 1


def test_another_timestamp_changes_no_hash() -> None:
    first, second = good_plan(), make_plan(good_draft(), Settings(), "2030-01-01T00:00:00Z")
    for one, two in (
        (first.tasks.generated, second.tasks.generated),
        (first.dag.generated, second.dag.generated),
        (first.waves.generated, second.waves.generated),
    ):
        assert one.contentHash == two.contentHash
        assert one.timestamp != two.timestamp


def test_each_file_and_each_task_carries_its_own_content_hash() -> None:
    plan = good_plan()
    for record in (plan.features, plan.tasks, plan.dag, plan.waves, plan.coordinator):
        assert record.generated is not None
        assert content_hash(record.as_json()) == record.generated.contentHash
    for item in plan.tasks.tasks:
        assert content_hash(item.as_json()) == item.contentHash


def test_a_change_of_one_task_changes_its_hash_and_no_other() -> None:
    draft = good_draft()
    changed = draft.tasks[1].model_copy(update={"description": "other"})
    before = good_plan().tasks.tasks
    after = planned(replace(draft, tasks=(draft.tasks[0], changed, *draft.tasks[2:]))).tasks.tasks
    assert [one.contentHash == two.contentHash for one, two in zip(before, after, strict=True)] == [
        True,
        False,
        True,
        True,
    ]


def test_tasks_of_an_exclusive_resource_get_an_order_and_records_that_are_no_edges() -> None:
    plan = good_plan()
    conflict = plan.tasks.resource_conflicts["grammar"]
    assert (conflict.resolution, conflict.suggested_order) == ("sequential_ordering", ("P1.T001", "P1.T002"))
    (record,) = [item for item in plan.tasks.dependencies if item.type == "mutual_exclusion"]
    assert (record.from_, record.to, record.shared_resource, record.confidence) == (
        "P1.T001",
        "P1.T002",
        "grammar",
        1.0,
    )
    assert plan.dag.metrics.mutualExclusionEdges == 1
    assert plan.dag.metrics.edges == 4
    assert ("P1.T001", "P1.T002") not in plan.dag.reduced_edges_sample
    assert plan.dag.metrics.longestPath == 3


def test_the_cost_of_a_resource_is_measured_with_and_without_it() -> None:
    plan = good_plan()
    hours = 13 / 6  # the PERT mean of 1/2/4; the resource makes the first two tasks follow each other
    use = plan.dag.metrics.resourceUtilization["grammar"]
    assert use.serialization_impact == (
        f"adds {hours:.1f} h to the plan ({4 * hours:.1f} h with it, {3 * hours:.1f} h without)"
    )
    assert [found.resource for found in plan.dag.resource_bottlenecks] == ["grammar"]


def test_a_limited_resource_is_planned_by_its_capacity() -> None:
    requirements = needing(shared_resources={"pool": 1})
    draft = replace(
        draft_of(*tasks(4, resource_requirements=requirements)),
        resources={"pool": SharedResource(type="shared_limited", capacity=2, reason="two databases")},
    )
    plan = planned(draft)
    assert plan.tasks.resource_conflicts["pool"].resolution == "capacity_planning"
    assert {item.type for item in plan.tasks.dependencies} == {"resource_limited"}
    use = plan.dag.metrics.resourceUtilization["pool"]
    assert (use.capacity, use.waves_required, use.utilization) == (2, 2, "100% average, 100% peak")
    for wave in plan.waves.execution_models.wave_based.waves:
        assert wave.resource_usage["pool"] <= 2


def test_a_resource_with_room_for_all_is_no_conflict() -> None:
    draft = replace(
        draft_of(*tasks(2, resource_requirements=needing(shared_resources={"pool": 1}))),
        resources={"pool": SharedResource(type="shared_limited", capacity=2, reason="two databases")},
    )
    assert planned(draft).tasks.resource_conflicts == {}


@pytest.mark.parametrize(
    ("given", "soft", "low"),
    [
        (dependency(1, 2, confidence=0.7), 0, 0),
        (dependency(1, 2, confidence=0.69), 0, 1),
        (dependency(1, 2, is_hard=False), 1, 0),
        (dependency(1, 2, is_hard=False, confidence=0.1), 1, 0),
    ],
)
def test_only_hard_dependencies_that_are_sure_enough_order_tasks(
    given: Dependency, soft: int, low: int
) -> None:
    plan = planned(draft_of(*tasks(2), dependencies=(given,)))
    assert (len(plan.dag.softDeps), len(plan.dag.lowConfidenceDeps)) == (soft, low)
    used = soft + low == 0
    assert plan.dag.metrics.edges == int(used)
    assert plan.dag.metrics.longestPath == 1 + int(used)
    assert plan.dag.metrics.droppedByType == ({} if used else {"technical": 1})


def circle(*confidences: float) -> Draft:
    count = len(confidences)
    edges = tuple(
        dependency(number, number % count + 1, confidence=confidence)
        for number, confidence in enumerate(confidences, start=1)
    )
    return draft_of(*tasks(count), dependencies=edges)


def test_a_circle_is_opened_at_its_least_sure_dependency_and_that_is_said() -> None:
    plan = planned(circle(1.0, 0.8, 0.9))
    assert plan.dag.ok
    assert [(item.from_, item.to) for item in plan.dag.softDeps] == [("P1.T002", "P1.T003")]
    assert "cycle_opened" in rules_of(plan.dag.warnings)
    assert "Opened Cycle" in plan.decisions_document
    assert validate(plan) == tuple(item for item in plan.dag.warnings if isinstance(item, Finding))


def test_a_circle_whose_dependencies_are_equally_sure_rejects_the_plan_and_is_shown() -> None:
    plan = planned(circle(0.9, 0.9, 0.9))
    assert not plan.dag.ok
    assert rules_of(plan.dag.errors) == {"no_cycles"}
    (suggestion,) = plan.dag.cycle_break_suggestions
    assert not isinstance(suggestion, str)
    assert suggestion.cycle == ("P1.T001", "P1.T002", "P1.T003")
    assert plan.dag.topo_order == ()
    assert plan.waves.execution_models.wave_based.waves == ()
    assert plan.waves.execution_models.rolling_frontier.estimated_completion_time is None


def test_a_third_circle_is_left_to_the_author() -> None:
    pairs = [(1, 2), (3, 4), (5, 6)]
    edges = [dependency(a, b) for a, b in pairs] + [dependency(b, a, confidence=0.8) for a, b in pairs]
    plan = planned(draft_of(*tasks(6), dependencies=tuple(edges)))
    assert (
        len([item for item in plan.dag.warnings if isinstance(item, Finding) and item.rule == "cycle_opened"])
        == 2
    )
    assert rules_of(plan.dag.errors) == {"no_cycles"}


def test_a_need_above_the_capacity_rejects_the_plan_and_names_the_task() -> None:
    draft = replace(
        draft_of(*tasks(1, resource_requirements=needing(shared_resources={"pool": 3}))),
        resources={"pool": SharedResource(type="shared_limited", capacity=2, reason="two databases")},
    )
    plan = planned(draft)
    (error,) = plan.dag.errors
    assert isinstance(error, Finding)
    assert (error.rule, error.task) == ("resources_fit", "P1.T001")


def test_without_all_estimates_there_is_no_forecast_and_a_warning_says_why() -> None:
    plan = planned(draft_of(*tasks(1), task(2, TITLES[1], duration=None)))
    assert plan.dag.ok
    assert "forecast" in rules_of(plan.dag.warnings)
    models = plan.waves.execution_models
    assert models.wave_based.estimated_completion is None
    assert models.rolling_frontier.estimated_completion_time is None
    assert models.rolling_frontier.execution_simulation is None
    assert plan.waves.forecast_provenance is None
    assert "No forecast" in plan.plan_document


def test_both_models_are_forecast_and_the_frontier_is_never_slower() -> None:
    models = good_plan().waves.execution_models
    rolling, waved = models.rolling_frontier.estimated_completion_time, models.wave_based.estimated_completion
    assert rolling is not None
    assert waved is not None
    assert rolling.optimal_hours is not None
    assert rolling.optimal_hours <= rolling.p50_hours <= rolling.p95_hours
    assert rolling.p50_hours <= waved.p50_hours
    assert all(wave.estimates is not None for wave in models.wave_based.waves)


def test_exact_durations_give_exact_hours() -> None:
    exact = ThreePointEstimate(optimistic=2, mostLikely=2, pessimistic=2)
    plan = planned(draft_of(*tasks(3, duration=exact), dependencies=(dependency(1, 2), dependency(2, 3))))
    hours = plan.waves.execution_models.rolling_frontier.estimated_completion_time
    assert hours is not None
    assert (hours.optimal_hours, hours.p50_hours, hours.p80_hours, hours.p95_hours) == (6, 6, 6, 6)
    moments = plan.waves.execution_models.rolling_frontier.execution_simulation
    assert moments is not None
    assert list(moments) == ["time_0h", "time_2h", "time_4h", "time_6h"]
    assert moments["time_2h"].running == ("P1.T002",)
    assert moments["time_2h"].completed == ("P1.T001",)
    assert moments["time_6h"].completed == ("P1.T001", "P1.T002", "P1.T003")


def test_tasks_that_avoid_each_other_never_run_at_the_same_time() -> None:
    first, second = tasks(2)
    first = first.model_copy(update={"scheduling_hints": SchedulingHints(avoid_concurrent_with=("P1.T002",))})
    plan = planned(draft_of(first, second))
    assert plan.waves.execution_models.wave_based.total_waves == 2
    moments = plan.waves.execution_models.rolling_frontier.execution_simulation or {}
    assert all(len(moment.running) <= 1 for moment in moments.values())


def test_the_limit_of_the_document_is_stronger_than_the_setting() -> None:
    plan = planned(replace(good_draft(), max_concurrent=1))
    assert plan.tasks.meta.resource_limits.max_concurrent_tasks == 1
    assert plan.waves.execution_models.rolling_frontier.config.max_concurrent_tasks == 1


def test_the_pool_and_the_thresholds_of_the_coordinator_are_the_settings() -> None:
    chosen = Settings(execute=ExecuteSettings(worker_min=3, worker_max=5, cpu_threshold=70))
    requirements = needing(cpu_cores=2).model_copy(update={"worker_capabilities_required": ("backend",)})
    coordinator = make_plan(
        draft_of(*tasks(1, resource_requirements=requirements)), chosen, TIMESTAMP
    ).coordinator
    pool = coordinator.worker_pool
    assert (pool.min_workers, pool.max_workers, pool.worker_template.capabilities) == (3, 5, ("backend",))
    assert coordinator.coordinator.policies.backpressure.triggers[0].threshold == 70
    assert len(coordinator.coordinator.state_management.task_states) == 10


def test_a_plan_of_one_task_is_fine() -> None:
    plan = planned(draft_of(task(1, TITLES[0])))
    assert plan.dag.ok
    assert plan.dag.metrics.edgeDensity == 0
    assert plan.waves.execution_models.wave_based.total_waves == 1


def test_machine_needs_count_only_where_the_plan_states_a_limit() -> None:
    plan = planned(draft_of(*tasks(1, resource_requirements=needing(cpu_cores=2, memory_mb=100))))
    assert capacities(plan.tasks) == {"grammar": 1}
    assert task_demands(plan.tasks)[0].resources == {}
    limits = plan.tasks.meta.resource_limits.model_copy(update={"max_cpu_cores": 2.5})
    limited = plan.tasks.model_copy(
        update={"meta": plan.tasks.meta.model_copy(update={"resource_limits": limits})}
    )
    assert capacities(limited) == {"grammar": 1, "cpu_cores": 250}
    assert task_demands(limited)[0].resources == {"cpu_cores": 200}


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    count = draw(st.integers(1, 8))
    made = [
        task(
            number,
            TITLES[number % 4],
            resource_requirements=needing(exclusive_resources=draw(st.sampled_from([[], ["grammar"]]))),
            duration=draw(
                st.sampled_from([None, ThreePointEstimate(optimistic=1, mostLikely=1, pessimistic=5)])
            ),
        )
        for number in range(1, count + 1)
    ]
    numbers = st.integers(1, count)
    edges = draw(st.lists(st.tuples(numbers, numbers, st.floats(0, 1), st.booleans()), max_size=12))
    return draft_of(
        *made,
        dependencies=tuple(dependency(a, b, confidence=sure, is_hard=hard) for a, b, sure, hard in edges),
    )


@settings(max_examples=40, deadline=None)
@given(drafts())
def test_any_draft_becomes_a_plan_that_says_the_truth_about_itself(draft: Draft) -> None:
    plan = make_plan(draft, Settings(plan=PlanSettings(forecast_draws=2)), TIMESTAMP)
    found = validate(plan)
    assert plan.dag.ok == all(item.severity != "error" for item in found)
    assert {item.rule for item in found} == rules_of((*plan.dag.errors, *plan.dag.warnings))
    assert "hashes_match" not in rules_of(plan.dag.errors)
    assert "artifacts_agree" not in rules_of(plan.dag.errors)
    assert set(plan_texts(plan)) == set(FENCE_ORDER)
