"""Phase 5: tasks that need the same resource, and how that is settled (seed 001)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from planner.forecasting.frontier_policy import LONGEST_PATH_FIRST, FrontierPolicy
from planner.plan_demands import can_be_scheduled, capacities, demands, task_demands
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import build_plan_index
from planner.scheduling.simulate import simulate
from schemas.tasks import (
    Dependency,
    DependencyEvidence,
    DependencyType,
    ResourceConflict,
    SharedResource,
    TasksFile,
)


def with_resource_conflicts(tasks: TasksFile, policy: FrontierPolicy = LONGEST_PATH_FIRST) -> TasksFile:
    """Return tasks.json with a resolution for each resource that its tasks cannot all have at once.

    The order of the tasks of an exclusive resource is the one in which the scheduler starts them, under the
    policy that was chosen for the plan. The entries of type `mutual_exclusion` and `resource_limited` are a
    record: the scheduler treats the resources as resources, so that an early end is used by whoever is ready.
    """
    order = expected_order(tasks, policy)
    conflicts: dict[str, ResourceConflict] = {}
    entries: list[Dependency] = []
    recorded = {item.shared_resource for item in tasks.dependencies}
    for name, users in _contested(tasks, order):
        resource = _declared(tasks, name)
        conflicts[name] = _resolution(name, resource, users, is_ordered=bool(order))
        if name not in recorded:
            entries.extend(_entries(name, resource, users))
    return tasks.model_copy(
        update={"dependencies": (*tasks.dependencies, *entries), "resource_conflicts": conflicts}
    )


def expected_order(tasks: TasksFile, policy: FrontierPolicy) -> tuple[str, ...]:
    """Return the tasks in the order in which the scheduler starts them, if each takes the expected time.

    Empty when no order exists: a cycle, an id used twice, or a need above what there is.
    """
    if not can_be_scheduled(tasks):
        return ()
    index = policy.index(build_plan_index(task_demands(tasks), capacities(tasks)))
    limits = policy.limits(Limits(max_concurrent=tasks.meta.resource_limits.max_concurrent_tasks))
    return tuple(index.ids[number] for number in simulate(index, index.durations, limits).order)


def _contested(tasks: TasksFile, order: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each shared resource whose users want more units than there are, with the users in order."""
    known = capacities(tasks)
    place = {task: number for number, task in enumerate(order)}
    wanted: dict[str, dict[str, int]] = {}
    for task in tasks.tasks:
        needs = task.resource_requirements.estimated
        for name in (*needs.exclusive_resources, *needs.shared_resources):
            wanted.setdefault(name, {})[task.id] = demands(task)[name]
    for name, units in sorted(wanted.items()):
        if len(units) > 1 and sum(units.values()) > known.get(name, 1):
            yield name, sorted(units, key=lambda task: place.get(task, 0))


def _declared(tasks: TasksFile, name: str) -> SharedResource:
    analysis = tasks.meta.codebase_analysis
    if analysis is not None and name in analysis.shared_resources:
        return analysis.shared_resources[name]
    return SharedResource(type="exclusive", reason="not declared: one task at a time")


def _resolution(
    name: str, resource: SharedResource, users: list[str], *, is_ordered: bool
) -> ResourceConflict:
    if resource.type == "exclusive":
        rationale = f"one task at a time has {name}: {resource.reason}"
        if is_ordered:
            return ResourceConflict(
                tasks=tuple(users),
                resolution="sequential_ordering",
                suggested_order=tuple(users),
                rationale=f"{rationale}; in the order in which the scheduler starts them",
            )
        return ResourceConflict(tasks=tuple(users), resolution="sequential_ordering", rationale=rationale)
    return ResourceConflict(
        tasks=tuple(users),
        resolution="capacity_planning",
        rationale=f"the scheduler hands out the {resource.capacity or 1} units of {name}: {resource.reason}",
    )


def _entries(name: str, resource: SharedResource, users: Sequence[str]) -> Iterator[Dependency]:
    kind: DependencyType = "mutual_exclusion" if resource.type == "exclusive" else "resource_limited"
    for first, second in pairwise(users):
        yield Dependency(
            from_=first,
            to=second,
            type=kind,
            reason=f"both need {name}",
            shared_resource=name,
            evidence=(DependencyEvidence(type="infrastructure", reason=resource.reason, confidence=1.0),),
            confidence=1.0,
            isHard=True,
        )
