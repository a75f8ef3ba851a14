"""A plan with an order of its own: tasks keep to it as closely as the window says, and nothing gets stuck."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.scheduling.apply_event import apply
from planner.scheduling.check_schedule import check
from planner.scheduling.decide import decide
from planner.scheduling.events import LimitsChanged, TaskFinished
from planner.scheduling.explain import explain
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, PlannedOrderBroken, TaskDemand, build_plan_index
from planner.scheduling.run_state import RunState
from planner.scheduling.simulate import simulate
from tests.unit.scheduling.random_plans import ordered_plans

HOURS = st.lists(st.integers(0, 9), min_size=12, max_size=12)


def late_surprise() -> PlanIndex:
    """B is ready at once, but C, which comes after A, is to have the lock before it."""
    tasks = [
        TaskDemand("A", 2, {}, planned_start=0),
        TaskDemand("B", 9, {"lock": 1}, planned_start=4),
        TaskDemand("C", 2, {"lock": 1}, after=("A",), planned_start=2),
        TaskDemand("D", 8, {}, after=("C",), planned_start=4),
    ]
    return build_plan_index(tasks, {"lock": 1})


def test_without_a_window_whatever_is_ready_starts() -> None:
    assert simulate(late_surprise(), (2, 9, 2, 8), Limits()).starts == (0, 0, 9, 11)


def test_a_window_keeps_the_lock_for_whose_turn_is_next() -> None:
    assert simulate(late_surprise(), (2, 9, 2, 8), Limits(window=1)).starts == (0, 4, 2, 4)


def test_a_wide_window_lets_pass_what_a_narrow_one_holds_back() -> None:
    assert simulate(late_surprise(), (2, 9, 2, 8), Limits(window=4)).starts == (0, 0, 9, 11)


def test_waves_have_no_use_for_a_window() -> None:
    schedule = simulate(late_surprise(), (2, 9, 2, 8), Limits(model="wave_based", window=0))
    assert schedule.starts[1] == 0


def test_a_task_that_is_held_back_says_for_whom_and_starts_when_the_window_is_opened() -> None:
    index, limits = late_surprise(), Limits(window=1)
    state = RunState.new(index)
    assert decide(index, state, limits).starts == (0,)
    told = explain(index, state, limits, 1)
    assert told.reason == "waits for its turn in the planned order: C is to start first"
    assert told.waiting_for == ("C",)
    limits = apply(index, state, limits, LimitsChanged(Limits()))
    assert decide(index, state, limits).starts == (1,)


def test_who_waits_behind_a_failed_task_loses_its_turn() -> None:
    index, limits = late_surprise(), Limits(window=0)
    state = RunState.new(index)
    decide(index, state, limits)
    apply(index, state, limits, TaskFinished(0, "failed"))
    assert decide(index, state, limits).starts == (1,)


def test_a_task_that_waits_for_its_turn_can_be_skipped() -> None:
    index, limits = late_surprise(), Limits(window=0)
    state = RunState.new(index)
    decide(index, state, limits)
    apply(index, state, limits, TaskFinished(1, "skipped"))
    apply(index, state, limits, TaskFinished(0))
    assert decide(index, state, limits).starts == (2,)


def test_a_low_class_holds_back_no_higher_one() -> None:
    tasks = [
        TaskDemand("A", 1, {}, priority="low", planned_start=0),
        TaskDemand("B", 1, {}, priority="low", after=("A",), planned_start=1),
        TaskDemand("C", 1, {}, priority="high", planned_start=50),
    ]
    assert simulate(build_plan_index(tasks, {}), (1, 1, 1), Limits(window=0)).starts == (0, 1, 0)


def test_an_order_that_no_run_could_keep_is_refused() -> None:
    tasks = [TaskDemand("A", 1, {}, planned_start=3), TaskDemand("B", 1, {}, after=("A",), planned_start=2)]
    with pytest.raises(
        PlannedOrderBroken, match=r"B is planned to start at 2, before A at 3, which it depends on"
    ):
        build_plan_index(tasks, {})


def test_an_order_for_some_of_the_tasks_counts_for_none() -> None:
    tasks = [TaskDemand("A", 1, {}, planned_start=3), TaskDemand("B", 9, {})]
    index = build_plan_index(tasks, {})
    assert index.planned_starts == ()
    assert simulate(index, (1, 9), Limits(1, window=0)).order == (1, 0)


@given(ordered_plans(), HOURS, st.integers(1, 6), st.sampled_from([0, 1, 3]), st.sampled_from([1, 2, 64]))
@settings(max_examples=300, deadline=None)
def test_every_run_keeps_to_the_window_and_comes_to_its_end(
    index: PlanIndex, hours: list[int], slots: int, window: float, overtaking: int
) -> None:
    limits = Limits(slots, window=window, overtaking=overtaking)
    durations = hours[: len(index.ids)]
    schedule = simulate(index, durations, limits)
    assert check(index, schedule, limits, durations) == ()


def test_the_check_finds_a_start_before_its_turn() -> None:
    schedule = simulate(late_surprise(), (2, 9, 2, 8), Limits())
    assert check(late_surprise(), schedule, Limits(window=1)) == (
        "B, planned for 4, starts before a task planned for 2: more than 1 before its turn",
    )


@given(ordered_plans(), st.integers(1, 6))
@settings(max_examples=100, deadline=None)
def test_an_order_with_no_window_is_a_list_by_planned_start(index: PlanIndex, slots: int) -> None:
    limits = Limits(slots, window=0)
    order = simulate(index, index.durations, limits).order
    planned = [index.planned_starts[task] for task in order]
    if len(set(index.priority_classes)) == 1:
        assert planned == sorted(planned)
