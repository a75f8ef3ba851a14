"""How often and how long tasks wait for a resource in the expected schedule."""

from __future__ import annotations

from planner.forecasting.rounded_hours import rounded_hours
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule
from schemas.waves import Contention

MOST_USERS = 500


def resource_waits(index: PlanIndex, schedule: Schedule, names: set[str]) -> tuple[Contention, ...]:
    """Return for each named resource the tasks that had to wait for it, if any.

    A task waits for a resource when it is ready, and the others hold so much that its own need does not fit.
    Resources with more than 500 users are left out: the count would take longer than the plan.
    """
    found: list[Contention] = []
    for resource, name in enumerate(index.resource_names):
        if name not in names:
            continue
        waits = _waits(index, schedule, resource)
        if waits:
            hours = rounded_hours(sum(waits))
            found.append(
                Contention(resource=name, contention_points=len(waits), estimated_wait_time_hours=hours)
            )
    return tuple(found)


def _waits(index: PlanIndex, schedule: Schedule, resource: int) -> list[float]:
    units = {
        task: need for task, needs in enumerate(index.demands) for number, need in needs if number == resource
    }
    if len(units) > MOST_USERS:
        return []
    waits: list[float] = []
    for task, need in units.items():
        ready = max((schedule.finishes[before] for before in index.predecessors[task]), default=0.0)
        held = sum(
            other_need
            for other, other_need in units.items()
            if other != task and schedule.starts[other] <= ready < schedule.finishes[other]
        )
        if schedule.starts[task] > ready and held + need > index.capacities[resource]:
            waits.append(schedule.starts[task] - ready)
    return waits
