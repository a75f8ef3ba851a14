from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.forecasting.evolve import evolve
from planner.scheduling.check_schedule import check
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.simulate import simulate
from tests.under_hash_seeds import printed_under_hash_seeds
from tests.unit.scheduling.random_plans import large_plan, plans


@given(plans(), st.integers(1, 6), st.sampled_from([1, 3, 40]))
@settings(max_examples=60, deadline=None)
def test_what_is_found_is_possible_within_the_budget_and_no_shorter_than_the_bound(
    index: PlanIndex, slots: int, budget: int
) -> None:
    limits = Limits(slots)
    found = evolve(index, limits, seed=3, budget=budget)
    assert check(index, found.schedule, limits) == ()
    assert found.schedules_made <= budget
    assert found.schedule.makespan >= found.bound - 1e-9


def exact(index: PlanIndex, slots: int) -> float:
    """Return the shortest makespan by trying every order of starts."""
    best = sum(index.durations)

    def place(starts: dict[int, float]) -> None:
        nonlocal best
        if len(starts) == len(index.ids):
            best = min(best, max(starts[task] + index.durations[task] for task in starts))
            return
        for task in range(len(index.ids)):
            if task in starts or any(before not in starts for before in index.predecessors[task]):
                continue
            ready = max(
                (starts[before] + index.durations[before] for before in index.predecessors[task]), default=0.0
            )
            ends = sorted({ready, *(starts[other] + index.durations[other] for other in starts)})
            start = next(time for time in ends if time >= ready and fits(starts, task, time))
            place({**starts, task: start})

    def fits(starts: dict[int, float], task: int, start: float) -> bool:
        end = start + index.durations[task]
        for moment in (start, *(begin for begin in starts.values() if start < begin < end)):
            here = [o for o in starts if starts[o] <= moment < starts[o] + index.durations[o]]
            if len(here) >= slots:
                return False
            for resource, units in index.demands[task]:
                if (
                    units + sum(dict(index.demands[o]).get(resource, 0) for o in here)
                    > index.capacities[resource]
                ):
                    return False
        return True

    place({})
    return best


@given(plans(most=5).filter(lambda index: min(index.durations) > 0), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_small_plans_are_scheduled_as_short_as_possible(index: PlanIndex, slots: int) -> None:
    found = evolve(index, Limits(slots), seed=1, budget=300)
    assert found.schedule.makespan == exact(index, slots)


def test_the_search_beats_the_frontier_where_resources_are_scarce() -> None:
    index, limits = large_plan(84), Limits(10)
    found = evolve(index, limits, seed=1, budget=300)
    assert found.schedule.makespan < simulate(index, index.durations, limits).makespan
    assert not found.is_optimal or found.schedule.makespan == pytest.approx(found.bound)


def test_a_schedule_that_reaches_the_bound_ends_the_search() -> None:
    chain = [TaskDemand(f"T{n}", 2, {}, after=(f"T{n - 1}",) if n else ()) for n in range(9)]
    found = evolve(build_plan_index(chain, {}), Limits(), seed=1)
    assert (found.schedule.makespan, found.is_optimal, found.schedules_made) == (18, True, 3)


def test_a_plan_without_tasks_takes_no_time() -> None:
    found = evolve(build_plan_index([], {"db": 1}), Limits(), seed=1)
    assert (found.schedule.makespan, found.is_optimal) == (0, True)


def test_the_search_finds_what_no_schedule_without_idle_time_can() -> None:
    # B fits at once, but C, which begins a long chain, needs the lock after A.
    tasks = [TaskDemand("A", 2, {}), TaskDemand("B", 9, {"lock": 1})]
    tasks += [TaskDemand("C", 2, {"lock": 1}, after=("A",)), TaskDemand("D", 8, {}, after=("C",))]
    index = build_plan_index(tasks, {"lock": 1})
    assert simulate(index, index.durations, Limits()).makespan == 19
    assert evolve(index, Limits(), seed=1).schedule.makespan == 13


def knapsack_plan() -> PlanIndex:
    """Needs that fit together in many ways: no quick rule finds the best, and the bound is out of reach."""
    tasks = [
        TaskDemand(
            f"T{n:02}", 1 + n * 5 % 7 / 3, {"cpu": 2 + n * 3 % 5}, (f"T{n * 2 // 3:02}",) if n > 9 else ()
        )
        for n in range(40)
    ]
    return build_plan_index(tasks, {"cpu": 9})


def test_the_same_seed_finds_the_same_schedule_under_any_hash_seed() -> None:
    program = (
        "from planner.forecasting.evolve import evolve\n"
        "from planner.scheduling.limits import Limits\n"
        "from tests.unit.forecasting.test_evolve import knapsack_plan\n"
        "print(evolve(knapsack_plan(), Limits(), seed=5, budget=150))\n"
    )
    assert len(printed_under_hash_seeds(program)) == 1
    other = evolve(knapsack_plan(), Limits(), seed=6, budget=150)
    assert other.schedules_made == 150
    assert f"{other}\n" not in outputs
