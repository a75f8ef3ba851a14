"""Small random plans for property tests, and a plan of any size that is the same in every process."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from planner.scheduling.barrier import Barrier
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from schemas.features import PriorityName

PRIORITIES: tuple[PriorityName, ...] = ("critical", "high", "medium", "low")
CAPACITIES = {"deploy": 1, "pool": 3, "cpu": 5}


# A short list, so that tasks with equal needs meet; free combinations, so that different ones cross.
NEEDS = st.one_of(
    st.sampled_from([{}, {"deploy": 1}, {"pool": 1}, {"pool": 3}, {"pool": 1, "cpu": 2}]),
    st.fixed_dictionaries(
        {}, optional={name: st.integers(1, capacity) for name, capacity in CAPACITIES.items()}
    ),
)


@st.composite
def demand_lists(draw: st.DrawFn, most: int = 12) -> list[TaskDemand]:
    """Plans that contend for a lock, a pool and a machine; durations are whole hours, 0 among them."""
    ids = [f"T{number:02}" for number in range(draw(st.integers(1, most)))]
    order = draw(st.permutations(ids))
    tasks = []
    for place, name in enumerate(order):
        before = st.sampled_from(order[:place]) if place else st.nothing()
        tasks.append(
            TaskDemand(
                id=name,
                hours=float(draw(st.integers(0, 5))),
                resources=draw(NEEDS),
                after=tuple(draw(st.sets(before, max_size=3))) if place else (),
                priority=draw(st.sampled_from(PRIORITIES[:2])),
                optional=draw(st.booleans()),
            )
        )
    return tasks


def plans(most: int = 12) -> st.SearchStrategy[PlanIndex]:
    """The same, ready for the scheduler."""
    return demand_lists(most).map(lambda tasks: build_plan_index(tasks, CAPACITIES))


@st.composite
def ordered_plans(draw: st.DrawFn, most: int = 12) -> PlanIndex:
    """The same with an order of their own: any that puts no task before one it depends on."""
    planned: dict[str, float] = {}
    tasks = draw(demand_lists(most))
    for task in tasks:
        earliest = max((planned[before] for before in task.after), default=0.0)
        planned[task.id] = earliest + draw(st.integers(0, 4))
    ordered = [replace(task, planned_start=planned[task.id]) for task in tasks]
    return build_plan_index(ordered, CAPACITIES)


@st.composite
def waved_plans(draw: st.DrawFn, most: int = 12) -> PlanIndex:
    """The same in named waves: large ones, with dependencies inside them, and numbers that are left out."""
    waves: dict[str, int] = {}
    tasks = draw(demand_lists(most))
    for task in tasks:
        waves[task.id] = max((waves[before] for before in task.after), default=1) + draw(
            st.sampled_from([0, 0, 1, 2])
        )
    return build_plan_index([replace(task, wave=waves[task.id]) for task in tasks], CAPACITIES)


BARRIERS = st.builds(
    Barrier,
    quorum=st.one_of(st.just(1.0), st.sampled_from([0.0, 0.3, 0.5, 2 / 3, 0.95]), st.floats(0, 1)),
    timeout=st.sampled_from([None, None, 0.0, 1.0, 2.5]),
)
OWN_BARRIERS = st.one_of(
    st.just(()),
    st.dictionaries(st.integers(1, 4), BARRIERS, max_size=3).map(lambda own: tuple(own.items())),
)


def large_plan(count: int, seed: int = 1) -> PlanIndex:
    """A plan in the shape of seed 001's example: 1.7 edges a task, two locks, a pool, a machine."""
    random = Random(seed)  # noqa: S311 - a plan that is the same each time, not a secret
    tasks = []
    for number in range(count):
        after = {f"T{random.randrange(max(0, number - 500), number):05}" for _ in range(2) if number}
        resources = {"cpu": random.choice((1, 1, 2, 2, 4)), "memory": random.choice((1, 2, 4))}
        shared = random.choice((None, None, None, "migrations", "deploy", "pool", "pool"))
        if shared:
            resources[shared] = 1
        hours = random.choice((2.0, 3.0, 4.0, 6.0, 8.0)) * random.uniform(0.7, 1.7)
        priority = random.choice(PRIORITIES)
        tasks.append(TaskDemand(f"T{number:05}", hours, resources, tuple(after), priority))
    return build_plan_index(tasks, {"cpu": 16, "memory": 32, "migrations": 1, "deploy": 1, "pool": 3})
