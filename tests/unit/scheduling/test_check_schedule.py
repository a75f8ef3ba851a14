"""The checker finds what is planted: else its silence would prove nothing."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.scheduling.barrier import Barrier
from planner.scheduling.check_schedule import check
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.simulate import Schedule, simulate
from tests.unit.scheduling.random_plans import plans

ANY = Limits(100)


def schedule_of(**starts_and_ends: tuple[float, float]) -> Schedule:
    starts, finishes = zip(*starts_and_ends.values(), strict=True)
    return Schedule(starts, finishes, max(finishes), tuple(range(len(starts))))


PAIR = build_plan_index([TaskDemand("A", 2, {"db": 1}), TaskDemand("B", 2, {"db": 1})], {"db": 1})
CHAIN = build_plan_index([TaskDemand("A", 2, {}), TaskDemand("B", 2, {}, after=("A",))], {})
WAVES = build_plan_index([TaskDemand("A", 2, {}, wave=1), TaskDemand("B", 2, {}, wave=2)], {})


def test_a_task_before_the_one_it_depends_on_is_found() -> None:
    found = check(CHAIN, schedule_of(A=(0, 2), B=(1, 3)), ANY)
    assert found == ("B starts at 1, but A, which it depends on, ends at 2",)


def test_a_resource_used_twice_is_found() -> None:
    found = check(PAIR, schedule_of(A=(0, 2), B=(1, 3)), ANY)
    assert found == ("at 1 2 of 1 db are used, with the start of B",)


def test_one_after_the_other_at_the_same_instant_is_allowed() -> None:
    assert check(PAIR, schedule_of(A=(0, 2), B=(2, 4)), ANY) == ()


def test_too_many_tasks_at_once_are_found() -> None:
    found = check(WAVES, schedule_of(A=(0, 2), B=(1, 3)), Limits(1))
    assert found == ("at 1 2 of 1 tasks run, with B",)


def test_a_start_before_the_barrier_is_found_in_waves_only() -> None:
    early = schedule_of(A=(0, 2), B=(1, 3))
    assert check(WAVES, early, ANY) == ()
    found = check(WAVES, early, Limits(100, "wave_based"))
    assert found == ("B of wave 2 starts at 1, before the waves in front of it have ended at 2",)


def test_a_start_before_the_quorum_or_the_timeout_is_found() -> None:
    wave = [TaskDemand(name, 2, {}, wave=1, optional=name == "B") for name in "AB"]
    index = build_plan_index([*wave, TaskDemand("C", 2, {}, wave=2)], {})
    halfway = Limits(100, "wave_based", barrier=Barrier(0.5))
    assert check(index, schedule_of(A=(0, 2), B=(2, 4), C=(2, 4)), halfway) == ()
    early = check(index, schedule_of(A=(0, 2), B=(2, 4), C=(1, 3)), halfway)[1:]
    assert early == ("C of wave 2 starts at 1, before the waves in front of it have ended at 2",)
    timed = Limits(100, "wave_based", barrier=Barrier(timeout=3))
    assert check(index, schedule_of(A=(0, 2), B=(2, 4), C=(3, 5)), timed) == ()
    assert len(check(index, schedule_of(A=(0, 2), B=(2, 4), C=(2.9, 4.9)), timed)) == 1
    late = check(index, schedule_of(A=(2, 4), B=(0, 2), C=(3, 5)), timed)[-1]
    assert late == "C of wave 2 starts at 3, before the waves in front of it have ended at 4"


GOOD = schedule_of(A=(0, 2), B=(2, 4))


def test_a_task_left_out_or_named_out_of_turn_is_found() -> None:
    assert check(CHAIN, GOOD, ANY) == ()
    assert check(CHAIN, replace(GOOD, order=(0, 0)), ANY) == (
        "the order of starts does not name every task once",
    )
    assert check(CHAIN, replace(GOOD, order=(1, 0)), ANY) == (
        "A starts before B, but stands after it in the order",
    )
    assert check(CHAIN, replace(GOOD, starts=(0,)), ANY) == ("1 starts and 2 finishes are given for 2 tasks",)


def test_a_makespan_that_is_too_short_or_too_long_is_found() -> None:
    for wrong in (3, 5, math.nan):
        assert check(CHAIN, replace(GOOD, makespan=wrong), ANY) == (
            f"the makespan is {wrong:g}, but the last task ends at 4",
        )


def test_a_task_that_does_not_take_its_time_is_found() -> None:
    assert check(CHAIN, replace(GOOD, finishes=(2, 1), makespan=2), ANY) == (
        "B is to run from 2 to 1, which is no stretch of time",
    )
    assert check(CHAIN, replace(GOOD, starts=(0, math.nan)), ANY)[0].startswith("B is to run from nan to 4")
    assert check(CHAIN, replace(GOOD, starts=(-1, 2)), ANY) == (
        "A is to run from -1 to 2, which is no stretch of time",
    )
    assert check(CHAIN, replace(GOOD, finishes=(1, 4)), ANY) == ("A takes 2, but runs from 0 to 1",)
    assert check(CHAIN, replace(GOOD, finishes=(1, 4)), ANY, durations=(1, 2)) == ()


def test_ends_and_starts_that_differ_by_rounding_alone_do_not_overlap() -> None:
    third = build_plan_index([TaskDemand(name, 0.1, {"db": 1}) for name in "ABC"], {"db": 1})
    schedule = schedule_of(A=(0, 0.1), B=(0.1, 0.1 + 0.1), C=(0.3 - 0.1, 0.3))
    assert schedule.starts[2] < schedule.finishes[1]
    assert check(third, schedule, ANY) == ()


@given(plans(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_task_moved_before_one_of_its_dependencies_is_always_found(
    index: PlanIndex, data: st.DataObject
) -> None:
    schedule = simulate(index, index.durations, ANY)
    late = [task for task, start in enumerate(schedule.starts) if start > 0 and index.predecessors[task]]
    assume(late)
    task = data.draw(st.sampled_from(late))
    earlier = max(schedule.finishes[before] for before in index.predecessors[task]) - 0.5
    starts = [*schedule.starts[:task], earlier, *schedule.starts[task + 1 :]]
    found = check(index, replace(schedule, starts=tuple(starts)), ANY)
    assert any(line.startswith(f"{index.ids[task]} starts at") for line in found)
