"""A task that waits for a busy resource is passed a bounded number of times, and holds up nobody else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.scheduling.apply_event import apply
from planner.scheduling.decide import decide
from planner.scheduling.events import LimitsChanged, TaskFinished
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.run_state import RunState
from planner.scheduling.simulate import Schedule, simulate
from planner.scheduling.task_states import TaskState
from schemas.features import PriorityName

LENGTH = 60


def stream(chains: int, capacity: int, need: int, others: PriorityName) -> PlanIndex:
    """Chains of small tasks that never leave the whole pool free at once, and one task that needs much of it.

    All chains have longer paths than the large task, so by rank alone it would come last.
    """
    tasks = [TaskDemand("LARGE", 1, {"pool": need}), TaskDemand("APART", 1, {"lock": 1})]
    for chain in range(chains):
        for link in range(LENGTH):
            name = f"C{chain:02}L{link:03}"
            after = (f"C{chain:02}L{link - 1:03}",) if link else ()
            # Different lengths keep the ends apart: never do all units become free at one moment.
            hours = 2 + chain / 7
            tasks.append(TaskDemand(name, hours, {"pool": 1}, after, priority=others))
    return build_plan_index(tasks, {"pool": capacity, "lock": 1})


def started_before(index: PlanIndex, schedule: Schedule, name: str) -> int:
    return schedule.order.index(index.number_of(name))


@given(
    capacity=st.integers(2, 5),
    extra=st.integers(0, 2),
    overtaking=st.integers(1, 12),
    others=st.sampled_from(["medium", "low"]),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_a_large_task_is_overtaken_at_most_as_often_as_the_limit_says(
    *, capacity: int, extra: int, overtaking: int, others: PriorityName, data: st.DataObject
) -> None:
    need = data.draw(st.integers(2, capacity))
    index = stream(capacity + extra, capacity, need, others)
    schedule = simulate(index, index.durations, Limits(50, overtaking=overtaking))
    # Before it is first refused, `capacity` small ones may have started, and the one apart.
    # Once units are kept for it, the rest of the pool may still be used until enough has been collected:
    # each of the `need` units is given back within one link, in which the others pass at most twice.
    rest = (capacity - need) * 2
    assert started_before(index, schedule, "LARGE") <= capacity + 1 + overtaking + rest


def test_without_the_rule_the_large_task_would_come_last_of_all() -> None:
    index = stream(4, 4, 4, "medium")
    schedule = simulate(index, index.durations, Limits(50, overtaking=10**9))
    assert started_before(index, schedule, "LARGE") > 4 * LENGTH - 8


def test_higher_classes_may_always_go_first() -> None:
    index = stream(4, 4, 4, "high")
    schedule = simulate(index, index.durations, Limits(50, overtaking=2))
    assert started_before(index, schedule, "LARGE") > 4 * LENGTH - 8


def test_a_task_that_uses_another_resource_starts_at_once() -> None:
    index = stream(4, 4, 4, "medium")
    schedule = simulate(index, index.durations, Limits(50, overtaking=1))
    assert schedule.starts[index.number_of("APART")] == 0


def test_units_beside_those_kept_are_used_meanwhile() -> None:
    tasks = [
        TaskDemand("LONG", 9, {"lock": 1}),
        TaskDemand("AFTER", 1, {"lock": 1, "cpu": 2}, priority="low"),
        *(TaskDemand(f"S{n:02}", 1, {"cpu": 1}, priority="low") for n in range(12)),
    ]
    index = build_plan_index(tasks, {"lock": 1, "cpu": 2})
    schedule = simulate(index, index.durations, Limits(50, overtaking=1))
    # The lock is what AFTER lacks: the processors go on working until the lock is free.
    assert max(schedule.finishes[index.number_of(f"S{n:02}")] for n in range(12)) == 6
    assert schedule.starts[index.number_of("AFTER")] == 9


def keeping() -> tuple[PlanIndex, RunState, Limits]:
    """LARGE was passed twice and the pool's free unit is kept for it, while B3 waits for one."""
    tasks = [
        TaskDemand("LARGE", 1, {"pool": 2}, wave=2),
        TaskDemand("A", 9, {"pool": 1}, wave=1),
        TaskDemand("B1", 8, {"pool": 1}, wave=1),
        TaskDemand("B2", 7, {"pool": 1}, after=("B1",), wave=1),
        TaskDemand("B3", 6, {"pool": 1}, after=("B2",), wave=1),
    ]
    index = build_plan_index(tasks, {"pool": 2})
    state, limits = RunState.new(index), Limits(overtaking=1)
    decide(index, state, limits)
    for name in ("B1", "B2"):
        apply(index, state, limits, TaskFinished(index.number_of(name)))
        decide(index, state, limits)
    assert state.state_of(index.number_of("B3")) is TaskState.READY
    return index, state, limits


def test_what_was_kept_for_a_task_that_is_skipped_is_used_at_once() -> None:
    index, state, limits = keeping()
    apply(index, state, limits, TaskFinished(index.number_of("LARGE"), "skipped"))
    assert decide(index, state, limits).starts == (index.number_of("B3"),)


def test_what_was_kept_for_a_task_that_must_wait_for_its_wave_is_used_at_once() -> None:
    index, state, limits = keeping()
    limits = apply(index, state, limits, LimitsChanged(replace(limits, model="wave_based")))
    assert decide(index, state, limits).starts == (index.number_of("B3"),)


def test_within_a_group_longer_paths_that_keep_arriving_do_not_pass_for_ever() -> None:
    tasks = [TaskDemand("SHORT", 1, {"lock": 1})]
    for chain in ("A", "B"):
        for link in range(LENGTH):
            after = (f"{chain}{link - 1:03}",) if link else ()
            tasks.append(TaskDemand(f"{chain}{link:03}", 1, {"lock": 1}, after))
    index = build_plan_index(tasks, {"lock": 1})
    by_rank = simulate(index, index.durations, Limits(50, overtaking=10**9))
    bounded = simulate(index, index.durations, Limits(50, overtaking=5))
    assert started_before(index, by_rank, "SHORT") > 2 * LENGTH - 5
    assert started_before(index, bounded, "SHORT") <= 10


@given(st.integers(1, 5), st.integers(2, 4), st.data())
@settings(max_examples=60, deadline=None)
def test_several_large_tasks_with_crossing_needs_all_get_their_turn(
    overtaking: int, capacity: int, data: st.DataObject
) -> None:
    """A and B need both pools, C and D one each: nobody waits until the streams have run dry."""
    names = {"A": ("left", "right"), "B": ("left", "right"), "C": ("left",), "D": ("right",)}
    tasks = [
        TaskDemand(name, 1, {pool: data.draw(st.integers(2, capacity)) for pool in pools})
        for name, pools in names.items()
    ]
    for pool in ("left", "right"):
        for chain in range(capacity):
            for link in range(LENGTH):
                name = f"{pool}{chain}L{link:03}"
                after = (f"{pool}{chain}L{link - 1:03}",) if link else ()
                tasks.append(TaskDemand(name, 2 + chain / 7, {pool: 1}, after))
    index = build_plan_index(tasks, {"left": capacity, "right": capacity})
    schedule = simulate(index, index.durations, Limits(100, overtaking=overtaking))
    # Each waits for at most three holders before it, each of them for two pools, each time one link.
    latest = (overtaking + 2) * 3 + 4 * (2 * 3 + 1)
    assert all(schedule.starts[index.number_of(name)] <= latest for name in names)
