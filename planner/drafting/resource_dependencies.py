"""The typed entries of seed 001 for tasks that need the same resource; the scheduler never orders by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from planner.drafting.precedence import quoted
from planner.drafting.resource_needs import ResourceNeed, ResourceNeeds
from planner.drafting.task_seed import TaskSeed
from schemas.tasks import Dependency, DependencyType


def resource_dependencies(
    found: ResourceNeeds, seeds: Sequence[TaskSeed], ids: Sequence[str]
) -> Iterator[Dependency]:
    """Yield an entry for each two tasks that follow one another in the plan and need one resource.

    A limited resource that is enough for all of its tasks at once keeps nobody apart and has no entries.
    """
    for name in sorted(found.needs):
        needs = found.needs[name]
        capacity = found.resources[name].capacity or 1
        if sum(need.units for need in needs) <= capacity:
            continue
        for first, second in pairwise(needs):
            yield _entry(name, capacity, (first, second), seeds, ids)


def _entry(
    name: str,
    capacity: int,
    pair: tuple[ResourceNeed, ResourceNeed],
    seeds: Sequence[TaskSeed],
    ids: Sequence[str],
) -> Dependency:
    kind: DependencyType = "mutual_exclusion" if capacity == 1 else "resource_limited"
    first, second = pair
    tasks = f"{ids[first.task]} and {ids[second.task]}"
    reason = (
        f"{tasks} both need {name} alone"
        if capacity == 1
        else f"{tasks} need {first.units} and {second.units} of the {capacity} of {name}"
    )
    proof = tuple(quoted(seeds[need.task], *need.place, reason, 1.0) for need in pair)
    return Dependency(
        from_=ids[first.task],
        to=ids[second.task],
        type=kind,
        reason=reason,
        shared_resource=name,
        evidence=proof,
        confidence=1.0,
        isHard=True,
    )
