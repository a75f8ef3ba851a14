"""A plan whose tasks had better wait for their turn: it says so, forecasts so, and is executed so."""

from __future__ import annotations

import pytest

from planner.make_plan import make_plan
from planner.plan_outline import outline_of, plan_outline
from planner.scheduling.limits import Limits
from planner.scheduling.simulate import simulate
from planner.storage.plan_folder import FolderFacts, read_plan_folder, write_plan_folder
from schemas.plan import Plan
from schemas.settings import PlanSettings, Settings
from schemas.tasks import Task, ThreePointEstimate
from tests.unit.making_plans.drafts import TIMESTAMP, TITLES, dependency, draft_of, needing, task
from tests.unit.making_plans.executed_plan import executed
from workflows.plan_progress import plan_index

QUICK = Settings(plan=PlanSettings(forecast_draws=200))


def around(hours: float, spread: float = 0.1) -> ThreePointEstimate:
    return ThreePointEstimate(
        optimistic=hours * (1 - spread), mostLikely=hours, pessimistic=hours * (1 + spread)
    )


def late_surprise() -> Plan:
    """T002 could have the lock at once, for 9 hours; T003, which begins a long chain, needs it after 2."""
    lock = needing(exclusive_resources=["grammar"])
    tasks = (
        task(1, TITLES[0], duration=around(2)),
        task(2, TITLES[1], duration=around(9), resource_requirements=lock),
        task(3, TITLES[2], duration=around(2), resource_requirements=lock),
        task(4, TITLES[3], duration=around(8)),
    )
    return make_plan(draft_of(*tasks, dependencies=(dependency(1, 3), dependency(3, 4))), QUICK, TIMESTAMP)


def by_longest_path(*tasks: Task) -> Plan:
    return make_plan(draft_of(*tasks), QUICK, TIMESTAMP)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return late_surprise()


def test_the_order_and_the_reason_for_it_are_in_the_plan(plan: Plan) -> None:
    config = plan.waves.execution_models.rolling_frontier.config
    order = config.planned_order
    assert order is not None
    assert config.scheduling_algorithm == "planned_order_within_a_window"
    assert order.starts_hours["P1.T003"] < order.starts_hours["P1.T002"]
    means = {trial.window_hours: trial.mean_hours for trial in order.trials}
    assert means[order.window_hours] == min(means.values()) < means[None]
    assert order.draws_of_each_trial == 60
    assert "keeps to an order searched for this plan" in plan.plan_document
    assert plan.tasks.resource_conflicts["grammar"].suggested_order == ("P1.T003", "P1.T002")


def test_the_forecast_is_that_of_the_order(plan: Plan) -> None:
    hours = plan.waves.execution_models.rolling_frontier.estimated_completion_time
    assert hours is not None
    assert 12 < hours.p50_hours < 14  # by longest path it would be 19


def test_what_was_simulated_is_what_is_executed(plan: Plan) -> None:
    outline = outline_of(plan)
    index, limits = plan_index(outline), Limits(outline.max_concurrent, window=outline.window_hours)
    for hours in ((2.0, 9.0, 2.0, 8.0), (4.0, 1.0, 2.5, 3.0), (0.5, 3.0, 9.0, 1.0)):
        assert executed(plan, hours) == simulate(index, hours, limits)
    assert executed(plan, (2.0, 9.0, 2.0, 8.0)).makespan == 13


def test_the_order_survives_the_plan_folder(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("plan")
    write_plan_folder(plan, folder, FolderFacts("document", TIMESTAMP, "0"))
    assert outline_of(read_plan_folder(folder)) == outline_of(plan)


def test_the_same_input_gives_the_same_order(plan: Plan) -> None:
    assert late_surprise().waves == plan.waves


def test_a_run_in_waves_has_no_use_for_the_order(plan: Plan) -> None:
    outline = outline_of(plan, "wave_based")
    assert outline.window_hours is None
    assert {item.planned_start for item in outline.tasks} == {None}


def test_an_order_that_no_longer_fits_the_edited_tasks_is_left_aside(plan: Plan) -> None:
    added = plan.tasks.model_copy(update={"tasks": (*plan.tasks.tasks, task(5, "Write more"))})
    turned = plan.tasks.model_copy(
        update={"dependencies": (*plan.tasks.dependencies, dependency(2, 3), dependency(2, 1))}
    )
    for edited in (added, turned):
        outline = plan_outline(edited, plan.waves)
        assert outline.window_hours is None
        assert {item.planned_start for item in outline.tasks} == {None}
        plan_index(outline)  # can be scheduled


def test_a_plan_that_the_longest_path_serves_best_says_nothing_of_orders() -> None:
    plain = by_longest_path(*(task(number, title) for number, title in enumerate(TITLES, start=1)))
    written = plain.waves.as_json()["execution_models"]["rolling_frontier"]
    assert set(written["config"]) == {
        "max_concurrent_tasks",
        "scheduling_algorithm",
        "frontier_update_policy",
        "coordinator_config_ref",
    }
    assert written["config"]["scheduling_algorithm"] == "longest_path_first_with_resources"
    assert outline_of(plain).window_hours is None
    assert "recommended_concurrency" not in written


def test_tasks_that_all_need_one_lock_are_recommended_one_at_a_time() -> None:
    lock = needing(exclusive_resources=["grammar"])
    tasks = [task(1, TITLES[0], resource_requirements=lock, duration=around(4))]
    tasks += [task(2, TITLES[1], resource_requirements=lock, duration=around(4))]
    tasks += [task(3, TITLES[2], duration=around(0.02))]
    plan = by_longest_path(*tasks)
    rolling = plan.waves.execution_models.rolling_frontier
    assert rolling.resource_utilization_forecast is not None
    assert rolling.resource_utilization_forecast.max_concurrency == 2
    assert rolling.recommended_concurrency == 1
    assert "- One task at a time is as fast: working in parallel does not pay here" in plan.plan_document
