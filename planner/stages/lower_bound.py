"""The hours that no execution of a plan can undercut."""

from __future__ import annotations

from dataclasses import replace

from planner.plan_demands import capacities, task_demands
from planner.scheduling.plan_index import build_plan_index
from schemas.tasks import TasksFile


def optimal_hours(tasks: TasksFile) -> float:
    """Return a lower bound of the plan's hours, if every task takes its optimistic time.

    The greatest of three bounds: the longest path, all work over the tasks that may run at once, and for each
    resource all work that needs it over its capacity. Tasks without an estimate count as nothing.
    """
    hours = {task.id: task.duration.optimistic if task.duration is not None else 0.0 for task in tasks.tasks}
    known = capacities(tasks)
    index = build_plan_index([replace(item, hours=hours[item.id]) for item in task_demands(tasks)], known)
    bounds = [max(index.tails, default=0.0)]
    bounds.append(sum(index.durations) / tasks.meta.resource_limits.max_concurrent_tasks)
    work = [0.0] * len(index.resource_names)
    for needs, duration in zip(index.demands, index.durations, strict=True):
        for resource, units in needs:
            work[resource] += units * duration
    bounds += [amount / most for amount, most in zip(work, index.capacities, strict=True) if most]
    return max(bounds)
