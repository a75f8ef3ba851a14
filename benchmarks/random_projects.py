"""Random plans in the shape of seed 001's example: 84 tasks, 129 edges, 7 stages, scarce resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index

TASKS, EDGES, STAGES = 84, 129, 7
CAPACITIES = {"cpu": 16, "memory": 32, "migrations": 1, "deployment": 1, "pool": 3}
AT_ONCE = 10
USERS = {"migrations": 6, "deployment": 8, "pool": 15}
SHORTEST, LONGEST = 2.0, 8.0


@dataclass(frozen=True, slots=True)
class Law:
    """How far the ends of an estimate lie from its likely value, as multiples of it."""

    optimistic: float
    pessimistic: float

    def points(self, likely: float) -> tuple[float, float, float]:
        """Return the estimate of a task."""
        return self.optimistic * likely, likely, self.pessimistic * likely


LAWS = {"low": Law(0.67, 1.67), "wide": Law(0.5, 4.0)}


@dataclass(frozen=True, slots=True)
class Project:
    """A plan whose expected durations are the means of its estimates."""

    demands: tuple[TaskDemand, ...]
    index: PlanIndex
    points: tuple[tuple[float, float, float], ...]

    def in_hindsight(self, hours: Sequence[float]) -> PlanIndex:
        """Return the plan as if its durations had been known."""
        known = [replace(task, hours=taken) for task, taken in zip(self.demands, hours, strict=True)]
        return build_plan_index(known, CAPACITIES)


def random_project(number: int, law: Law) -> Project:
    """Return the plan with this number; a law changes its estimates and nothing else."""
    random = Random(number)  # noqa: S311 - a plan that is the same each time, not a secret
    stages = _stages(random)
    edges = _edges(random, stages)
    likely = [random.uniform(SHORTEST, LONGEST) for _ in range(TASKS)]
    needs: list[dict[str, int]] = [
        {"cpu": random.choice((1, 1, 1, 2, 3)), "memory": random.choice((1, 2, 2, 4, 6))}
        for _ in range(TASKS)
    ]
    for name, count in USERS.items():
        for task in random.sample(range(TASKS), count):
            needs[task][name] = 1
    points = [law.points(hours) for hours in likely]
    tasks = [
        TaskDemand(
            id=f"T{task:02}",
            hours=(points[task][0] + 4 * points[task][1] + points[task][2]) / 6,
            resources=needs[task],
            after=tuple(f"T{before:02}" for before, after in edges if after == task),
        )
        for task in range(TASKS)
    ]
    return Project(tuple(tasks), build_plan_index(tasks, CAPACITIES), tuple(points))


def _stages(random: Random) -> list[list[int]]:
    """Cut the tasks into seven stages that are not all of one size."""
    cuts = sorted(random.sample(range(4, TASKS - 4, 4), STAGES - 1))
    return [list(range(begin, end)) for begin, end in zip([0, *cuts], [*cuts, TASKS], strict=True)]


def _edges(random: Random, stages: list[list[int]]) -> list[tuple[int, int]]:
    """Give each task one dependency in the stage before it, and then any in earlier stages."""
    found = {(random.choice(before), task) for before, stage in pairwise(stages) for task in stage}
    while len(found) < EDGES:
        later = random.randrange(1, STAGES)
        earlier = random.randrange(later)
        found.add((random.choice(stages[earlier]), random.choice(stages[later])))
    return sorted(found)
