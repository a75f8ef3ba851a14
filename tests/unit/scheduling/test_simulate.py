from __future__ import annotations

from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.scheduling.barrier import Barrier
from planner.scheduling.check_schedule import check
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.simulate import simulate
from planner.scheduling.waves import assign_waves
from schemas.tasks import ExecutionModel
from tests.under_hash_seeds import printed_under_hash_seeds
from tests.unit.scheduling.random_plans import (
    BARRIERS,
    CAPACITIES,
    OWN_BARRIERS,
    demand_lists,
    large_plan,
    plans,
    waved_plans,
)

NEVER_KEPT = 10**9


def plain_list_schedule(index: PlanIndex, limits: Limits) -> tuple[list[float], list[int]]:
    """The rule in its shortest form: at each moment start, best rank first, whatever fits."""
    starts: dict[int, float] = {}
    finishes: dict[int, float] = {}
    order: list[int] = []
    now = 0.0
    while len(starts) < len(index.ids) or any(end > now for end in finishes.values()):
        running = [task for task, end in finishes.items() if end > now]
        for task in index.by_rank:
            ready = task not in starts and all(
                finishes.get(before, now + 1) <= now for before in index.predecessors[task]
            )
            fits = len(running) < limits.max_concurrent and all(
                sum(dict(index.demands[other]).get(resource, 0) for other in running) + units
                <= index.capacities[resource]
                for resource, units in index.demands[task]
            )
            if ready and fits:
                starts[task], finishes[task] = now, now + index.durations[task]
                order.append(task)
                running.append(task)
        now = min((end for end in finishes.values() if end > now), default=now)
    return [starts[task] for task in range(len(index.ids))], order


def positive(index: PlanIndex) -> bool:
    return min(index.durations) > 0


@given(plans().filter(positive), st.integers(1, 6))
@settings(max_examples=300, deadline=None)
def test_the_schedule_is_that_of_the_plain_rule(index: PlanIndex, slots: int) -> None:
    limits = Limits(slots, overtaking=NEVER_KEPT)
    schedule = simulate(index, index.durations, limits)
    assert (list(schedule.starts), list(schedule.order)) == plain_list_schedule(index, limits)


MODELS = st.sampled_from(get_args(ExecutionModel))


LIMITS = st.builds(
    Limits,
    max_concurrent=st.integers(1, 6),
    model=MODELS,
    overtaking=st.sampled_from([1, 2, 64]),
    barrier=BARRIERS,
    own_barriers=OWN_BARRIERS,
)


@given(st.one_of(plans(), waved_plans()), LIMITS)
@settings(max_examples=300, deadline=None)
def test_an_independent_check_finds_nothing_to_say(index: PlanIndex, limits: Limits) -> None:
    assert check(index, simulate(index, index.durations, limits), limits) == ()


def test_two_tasks_in_series_take_the_sum_and_in_parallel_the_maximum() -> None:
    series = build_plan_index([TaskDemand("A", 2, {}), TaskDemand("B", 3, {}, after=("A",))], {})
    parallel = build_plan_index([TaskDemand("A", 2, {}), TaskDemand("B", 3, {})], {})
    assert simulate(series, series.durations, Limits()).makespan == 5
    assert simulate(parallel, parallel.durations, Limits()).makespan == 3
    assert simulate(parallel, parallel.durations, Limits(max_concurrent=1)).makespan == 5


def test_a_lock_serialises_two_independent_tasks() -> None:
    index = build_plan_index([TaskDemand("A", 2, {"db": 1}), TaskDemand("B", 3, {"db": 1})], {"db": 1})
    schedule = simulate(index, index.durations, Limits())
    # The longer path goes first although its id is later.
    assert schedule.order == (1, 0)
    assert schedule.starts == (3, 0)


def test_an_empty_plan_takes_no_time() -> None:
    index = build_plan_index([], {})
    assert simulate(index, [], Limits()).makespan == 0


def test_the_order_of_the_file_decides_nothing() -> None:
    tasks = [TaskDemand(name, 1, {"db": 1}) for name in ("C", "A", "B")]
    index = build_plan_index(tasks, {"db": 1})
    order = simulate(index, index.durations, Limits()).order
    assert [index.ids[task] for task in order] == ["A", "B", "C"]


@given(demand_lists(), st.integers(1, 5), st.integers(1, 3), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_a_plan_in_any_order_gives_the_same_schedule(
    tasks: list[TaskDemand], slots: int, overtaking: int, random: Random
) -> None:
    def named_starts() -> list[tuple[str, float]]:
        index = build_plan_index(tasks, CAPACITIES)
        schedule = simulate(index, index.durations, Limits(slots, overtaking=overtaking))
        return [(index.ids[task], schedule.starts[task]) for task in schedule.order]

    before = named_starts()
    random.shuffle(tasks)
    assert named_starts() == before


def test_waves_take_longer_than_the_frontier_and_hold_the_barrier() -> None:
    tasks = [
        TaskDemand("A", 1, {}, wave=1),
        TaskDemand("B", 9, {}, wave=1),
        TaskDemand("C", 9, {}, after=("A",), wave=2),
    ]
    index = build_plan_index(tasks, {})
    assert simulate(index, index.durations, Limits(model="rolling_frontier")).makespan == 10
    assert simulate(index, index.durations, Limits(model="wave_based")).makespan == 18


def wave_of(*hours: float, last: float = 1, optional: tuple[str, ...] = ()) -> PlanIndex:
    """A wave of tasks A, B, ... that take these hours, and a second wave of one task."""
    ids = [chr(ord("A") + number) for number in range(len(hours))]
    assert "Z" not in ids
    tasks = [
        TaskDemand(name, time, {}, wave=1, optional=name in optional)
        for name, time in zip(ids, hours, strict=True)
    ]
    return build_plan_index([*tasks, TaskDemand("Z", last, {}, wave=2)], {})


def second_wave(index: PlanIndex, barrier: Barrier) -> float:
    """When the second wave begins."""
    limits = Limits(99, "wave_based", barrier=barrier)
    return simulate(index, index.durations, limits).starts[-1]


def test_a_quorum_opens_the_next_wave_while_the_others_go_on() -> None:
    index = wave_of(1, 2, 3, 9)
    assert second_wave(index, Barrier(0.5)) == 2
    assert second_wave(index, Barrier(0.51)) == 3
    assert second_wave(index, Barrier(0.76)) == 9
    assert simulate(index, index.durations, Limits(99, "wave_based", barrier=Barrier(0.5))).makespan == 9


def test_nineteen_tasks_at_95_percent_are_a_full_barrier_and_twenty_are_not() -> None:
    assert second_wave(wave_of(*range(1, 20)), Barrier(0.95)) == 19
    assert second_wave(wave_of(*range(1, 21)), Barrier(0.95)) == 19
    assert [Barrier(0.95).needed(size) for size in (0, 1, 40, 41, 60)] == [0, 1, 38, 39, 57]


def test_a_share_that_is_whole_but_for_its_last_bits_asks_for_no_task_more() -> None:
    assert [Barrier(0.1 * 3).needed(10), Barrier(0.07 * 100 / 10).needed(10)] == [3, 7]


def test_what_depends_on_a_task_of_an_ended_wave_still_waits_for_it() -> None:
    tasks = [TaskDemand(name, hours, {}, wave=1) for name, hours in (("A", 1), ("B", 9))]
    index = build_plan_index([*tasks, TaskDemand("C", 1, {}, after=("B",), wave=2)], {})
    assert second_wave(index, Barrier(0.5)) == 9


def test_after_the_timeout_optional_tasks_hold_nothing_back_and_are_done_all_the_same() -> None:
    index = wave_of(1, 9, optional=("B",))
    assert second_wave(index, Barrier(timeout=4)) == 4
    assert second_wave(index, Barrier(timeout=12)) == 9
    assert second_wave(index, Barrier(timeout=0.5)) == 1
    assert second_wave(wave_of(1, 9), Barrier(timeout=4)) == 9
    limits = Limits(99, "wave_based", barrier=Barrier(timeout=4))
    assert simulate(index, index.durations, limits).finishes[1] == 9


def test_each_wave_has_its_own_time_from_the_moment_it_opened() -> None:
    tasks = [
        TaskDemand(name, hours, {}, wave=wave, optional=name in "BD")
        for name, hours, wave in (("A", 2, 1), ("B", 9, 1), ("C", 1, 2), ("D", 9, 2), ("Z", 1, 3))
    ]
    index = build_plan_index(tasks, {})
    assert second_wave(index, Barrier(timeout=3)) == 6
    own = ((2, Barrier()),)
    limits = Limits(99, "wave_based", barrier=Barrier(timeout=3), own_barriers=own)
    assert simulate(index, index.durations, limits).starts[-1] == 12


def test_a_share_above_one_and_a_time_below_zero_are_refused() -> None:
    for wrong in ({"quorum": 1.1}, {"quorum": float("nan")}, {"timeout": -1.0}):
        with pytest.raises(ValueError, match="must"):
            Barrier(**wrong)


@pytest.mark.parametrize("model", get_args(ExecutionModel))
def test_thousands_of_tasks_are_scheduled_without_a_violation(model: ExecutionModel) -> None:
    index = large_plan(3000)
    limits = Limits(10, model, overtaking=8)
    assert check(index, simulate(index, index.durations, limits), limits) == ()


def test_the_trace_is_the_same_under_any_hash_seed() -> None:
    program = (
        "from planner.scheduling.limits import Limits\n"
        "from planner.scheduling.simulate import simulate\n"
        "from tests.unit.scheduling.random_plans import large_plan\n"
        "index = large_plan(300)\n"
        "print(index, simulate(index, index.durations, Limits(6, overtaking=3)))\n"
    )
    assert len(printed_under_hash_seeds(program)) == 1


@given(plans(), st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_tasks_of_one_wave_fit_beside_each_other_and_wait_for_earlier_waves_only(
    index: PlanIndex, size: int
) -> None:
    waves = assign_waves(index, size)
    for wave in range(1, max(waves) + 1):
        members = [task for task, at in enumerate(waves) if at == wave]
        assert 1 <= len(members) <= size
        for resource, capacity in enumerate(index.capacities):
            assert sum(dict(index.demands[task]).get(resource, 0) for task in members) <= capacity
    assert all(
        waves[before] < waves[task] for task in range(len(waves)) for before in index.predecessors[task]
    )
