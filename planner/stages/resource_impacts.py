"""Phase 6: what each shared resource costs, measured by the scheduler with and without it (seed 001)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from planner.forecasting.frontier_policy import LONGEST_PATH_FIRST, FrontierPolicy
from planner.forecasting.rounded_hours import hours_text
from planner.plan_demands import capacities, demands, task_demands
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import TaskDemand, build_plan_index
from planner.scheduling.simulate import Schedule, simulate
from schemas.dag import ResourceBottleneck, ResourceUse
from schemas.tasks import TasksFile

MOST_RESOURCES = 20
MOST_TASKS = 500
NOTICEABLE_HOURS = 0.05
BOTTLENECK = "critical_path_extension"


@dataclass(frozen=True, slots=True)
class ResourceImpact:
    """One shared resource: its users, and the hours it adds to the plan if that was measured."""

    name: str
    users: tuple[str, ...]
    units: int
    capacity: int
    is_exclusive: bool
    added_hours: float | None
    hours_with_it: float | None
    average_share: float | None
    peak_share: float | None

    def use(self) -> ResourceUse:
        """Return the entry of dag.json's resourceUtilization; what was not measured is left out."""
        found = ResourceUse(total_tasks=len(self.users), waves_required=math.ceil(self.units / self.capacity))
        changes: dict[str, object] = {}
        if not self.is_exclusive:
            changes["capacity"] = self.capacity
        if self.added_hours is not None and self.hours_with_it is not None:
            without = self.hours_with_it - self.added_hours
            changes["serialization_impact"] = (
                f"adds {hours_text(self.added_hours)} to the plan ({hours_text(self.hours_with_it)} with it, "
                f"{hours_text(without)} without)"
            )
        if self.average_share is not None and self.peak_share is not None:
            changes["utilization"] = f"{self.average_share:.0%} average, {self.peak_share:.0%} peak"
        return found.model_copy(update=changes)

    def bottleneck(self) -> ResourceBottleneck | None:
        """Return the entry of dag.json's resource_bottlenecks if the resource makes the plan longer."""
        if self.added_hours is None or self.added_hours < NOTICEABLE_HOURS:
            return None
        return ResourceBottleneck(
            resource=self.name,
            impact=BOTTLENECK,
            affected_tasks=self.users,
            mitigation=f"a higher capacity than {self.capacity}, or fewer tasks that need {self.name}, "
            f"saves up to {hours_text(self.added_hours)}",
        )


def resource_impacts(
    tasks: TasksFile, schedule: Schedule | None, policy: FrontierPolicy = LONGEST_PATH_FIRST
) -> tuple[ResourceImpact, ...]:
    """Return what each shared resource costs, by name; hours only up to 20 resources and 500 tasks.

    Args:
        tasks: the plan's tasks.
        schedule: the rolling schedule with the expected times, or `None` if the plan cannot be scheduled.
        policy: how the rolling frontier of the plan chooses.
    """
    known = capacities(tasks)
    users: dict[str, dict[str, int]] = {}
    for task in tasks.tasks:
        needs = task.resource_requirements.estimated
        for name in (*needs.exclusive_resources, *needs.shared_resources):
            users.setdefault(name, {})[task.id] = demands(task)[name]
    measured = schedule if len(users) <= MOST_RESOURCES and len(tasks.tasks) <= MOST_TASKS else None
    impacts = []
    for name in sorted(users):
        without = None
        if measured is not None and all(task.duration is not None for task in tasks.tasks):
            without = _hours_without(tasks, name, policy)
        impacts.append(_impact(tasks, name, users[name], known.get(name, 1), measured, without))
    return tuple(impacts)


def _impact(
    tasks: TasksFile,
    name: str,
    users: Mapping[str, int],
    capacity: int,
    schedule: Schedule | None,
    without: float | None,
) -> ResourceImpact:
    added = None
    shares: tuple[float | None, float | None] = (None, None)
    if schedule is not None and without is not None:
        added = max(0.0, schedule.makespan - without)
        shares = _shares(tasks, users, capacity, schedule)
    return ResourceImpact(
        name=name,
        users=tuple(users),
        units=sum(users.values()),
        capacity=capacity,
        is_exclusive=_is_exclusive(tasks, name),
        added_hours=added,
        hours_with_it=None if added is None or schedule is None else schedule.makespan,
        average_share=shares[0],
        peak_share=shares[1],
    )


def _hours_without(tasks: TasksFile, name: str, policy: FrontierPolicy) -> float:
    """Return how long the plan takes when the resource is there for everybody at once.

    An order that was searched for the plan may hold tasks back for the sake of the resource: without it, the
    longest path may be the better choice.
    """
    relieved = [
        TaskDemand(
            id=item.id,
            hours=item.hours,
            resources={resource: units for resource, units in item.resources.items() if resource != name},
            after=item.after,
            priority=item.priority,
            optional=item.optional,
        )
        for item in task_demands(tasks)
    ]
    index = build_plan_index(relieved, capacities(tasks))
    limits = Limits(max_concurrent=tasks.meta.resource_limits.max_concurrent_tasks)
    ways = (LONGEST_PATH_FIRST, policy)
    return min(simulate(way.index(index), index.durations, way.limits(limits)).makespan for way in ways)


def _shares(
    tasks: TasksFile, users: Mapping[str, int], capacity: int, schedule: Schedule
) -> tuple[float | None, float | None]:
    """Return how much of the capacity is held on average over the plan, and at most."""
    if schedule.makespan <= 0:
        return None, None
    held, changes = 0.0, []
    for number, task in enumerate(tasks.tasks):
        if task.id in users:
            start, finish = schedule.starts[number], schedule.finishes[number]
            held += users[task.id] * (finish - start)
            changes += [(start, users[task.id]), (finish, -users[task.id])]
    now = peak = 0
    for _, change in sorted(changes):
        now += change
        peak = max(peak, now)
    return held / (schedule.makespan * capacity), peak / capacity


def _is_exclusive(tasks: TasksFile, name: str) -> bool:
    analysis = tasks.meta.codebase_analysis
    declared = analysis.shared_resources.get(name) if analysis is not None else None
    return declared is None or declared.type == "exclusive"
