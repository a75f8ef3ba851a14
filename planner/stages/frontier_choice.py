"""Before phase 5: how the rolling frontier of this plan will choose, since later phases tell its order."""

from __future__ import annotations

from planner.forecasting.duration_draws import ThreePoints
from planner.forecasting.frontier_policy import LONGEST_PATH_FIRST, FrontierPolicy, choose_policy
from planner.plan_demands import can_be_scheduled, capacities, task_demands
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import build_plan_index
from schemas.settings import PlanSettings
from schemas.tasks import TasksFile


def frontier_choice(tasks: TasksFile, settings: PlanSettings, seed: int) -> FrontierPolicy:
    """Return the policy that is fastest in simulated runs; by longest path where nothing can be simulated."""
    points = three_points(tasks)
    if points is None or not can_be_scheduled(tasks):
        return LONGEST_PATH_FIRST
    index = build_plan_index(task_demands(tasks), capacities(tasks))
    limits = Limits(max_concurrent=tasks.meta.resource_limits.max_concurrent_tasks)
    return choose_policy(index, points, limits, seed=seed, rho=settings.correlation)


def three_points(tasks: TasksFile) -> list[ThreePoints] | None:
    """Return the estimates by task, or `None` when one is missing or out of order, which is reported."""
    points: list[ThreePoints] = []
    for task in tasks.tasks:
        stated = task.duration
        if stated is None or not stated.optimistic <= stated.mostLikely <= stated.pessimistic:
            return None
        points.append(ThreePoints(stated.optimistic, stated.mostLikely, stated.pessimistic))
    return points
