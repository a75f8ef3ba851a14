"""The short way to simulate a plan answers as the scheduler does that executes it, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.random_projects import AT_ONCE, LAWS, random_project
from planner.forecasting.duration_draws import draw_durations
from planner.scheduling.barrier import Barrier
from planner.scheduling.limits import Limits
from planner.scheduling.plain_run import plain_schedule
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index, with_planned_starts
from planner.scheduling.simulate import Schedule, full_simulation, simulate
from schemas.tasks import ExecutionModel
from tests.unit.scheduling.random_plans import (
    BARRIERS,
    CAPACITIES,
    OWN_BARRIERS,
    demand_lists,
    large_plan,
    ordered_plans,
    plans,
    waved_plans,
)

LIMITS = st.builds(
    Limits,
    max_concurrent=st.integers(1, 6),
    model=st.sampled_from(get_args(ExecutionModel)),
    overtaking=st.sampled_from([1, 2, 3, 64]),
    window=st.sampled_from([None, 0, 1, 3]),
    barrier=BARRIERS,
    own_barriers=OWN_BARRIERS,
)
HOURS = st.lists(st.one_of(st.integers(0, 5), st.floats(0, 5)), min_size=20, max_size=20)


def plainly(index: PlanIndex, durations: list[float], limits: Limits) -> Schedule | None:
    plain = plain_schedule(index, durations, limits)
    if plain is None:
        return None
    return Schedule(
        tuple(plain.starts), tuple(plain.finishes), max(plain.finishes, default=0.0), tuple(plain.order)
    )


@st.composite
def plans_of_one_class(draw: st.DrawFn) -> PlanIndex:
    tasks = [replace(task, priority="medium") for task in draw(demand_lists(20))]
    return build_plan_index(tasks, CAPACITIES)


@given(st.one_of(plans_of_one_class(), plans(20), ordered_plans(20), waved_plans(20)), HOURS, LIMITS)
@settings(max_examples=500, deadline=None)
def test_whoever_answers_the_answer_is_the_same(index: PlanIndex, hours: list[float], limits: Limits) -> None:
    durations = hours[: len(index.ids)]
    plain = plainly(index, durations, limits)
    assert plain is None or plain == full_simulation(index, durations, limits)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(
    "limits",
    [
        Limits(AT_ONCE),
        Limits(AT_ONCE, window=2.0),
        Limits(3, "wave_based"),
        Limits(AT_ONCE, "wave_based", barrier=Barrier(0.6, timeout=1.0)),
    ],
    ids=str,
)
def test_plans_of_the_usual_size_are_answered_the_short_way(law: str, limits: Limits) -> None:
    for number in range(3):
        project = random_project(number, LAWS[law])
        order = full_simulation(project.index, project.index.durations, Limits(AT_ONCE)).starts
        index = with_planned_starts(project.index, order)
        for hours in draw_durations(project.points, number, 3, 0.3).tolist():
            assert plainly(index, hours, limits) == full_simulation(index, hours, limits)


@given(plans_of_one_class(), HOURS, st.integers(1, 4), st.integers(1, 2))
@settings(max_examples=300, deadline=None)
def test_in_a_plan_of_one_class_whoever_is_overtaken_is_preferred_alike(
    index: PlanIndex, hours: list[float], slots: int, overtaking: int
) -> None:
    limits = Limits(slots, overtaking=overtaking)
    durations = hours[: len(index.ids)]
    assert plainly(index, durations, limits) == full_simulation(index, durations, limits)


def test_thousands_of_tasks_of_one_class_are_answered_the_short_way() -> None:
    tasks = [
        TaskDemand(
            id=f"T{number:04}",
            hours=1 + number * 7 % 11 / 3,
            resources={"cpu": 1 + number % 4, ("lock", "pool", "memory")[number % 3]: 1},
            after=tuple(f"T{number // 2 + back:04}" for back in range(2)) if number > 9 else (),
        )
        for number in range(2000)
    ]
    index = build_plan_index(tasks, {"cpu": 9, "lock": 1, "pool": 2, "memory": 5})
    for overtaking in (3, 64):
        limits = Limits(10, overtaking=overtaking)
        full = full_simulation(index, index.durations, limits)
        assert plainly(index, list(index.durations), limits) == full
        assert full != full_simulation(index, index.durations, Limits(10, overtaking=10**9))


def test_thousands_of_tasks_that_overtake_each_other_are_left_to_the_whole_scheduler() -> None:
    index = large_plan(3000)
    assert plain_schedule(index, index.durations, Limits(10)) is None
    assert simulate(index, index.durations, Limits(10)) == full_simulation(index, index.durations, Limits(10))
    assert plainly(index, list(index.durations), Limits(10, overtaking=10**9)) == full_simulation(
        index, index.durations, Limits(10, overtaking=10**9)
    )
