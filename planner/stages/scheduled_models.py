"""Phase 7, first step: run the scheduler over the plan, once as expected and many times as drawn."""

from __future__ import annotations

from dataclasses import dataclass

from planner.forecasting.duration_draws import ThreePoints
from planner.forecasting.forecast import Forecast, forecast
from planner.plan_demands import can_be_scheduled, capacities, task_demands
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, build_plan_index
from planner.scheduling.simulate import Schedule, simulate
from planner.scheduling.waves import assign_waves
from schemas.dag import Finding
from schemas.plan import TASKS_FILE
from schemas.settings import PlanSettings
from schemas.tasks import TasksFile

MOST_SIMULATED_TASKS = 30_000
FEWEST_DRAWS = 20
MOST_NAMED = 10
RULE = "forecast"


@dataclass(frozen=True, slots=True)
class ScheduledModels:
    """Both execution models of one plan, from one scheduler.

    `waves` number from 1, by task number. `schedule` is the rolling one with the expected durations. The two
    forecasts are `None` when a task has no estimate.
    """

    index: PlanIndex
    schedule: Schedule
    waves: tuple[int, ...]
    rolling: Forecast | None
    wave_based: Forecast | None


def scheduled_models(tasks: TasksFile, settings: PlanSettings, seed: int) -> ScheduledModels | None:
    """Return both models, or `None` when no order of the tasks exists."""
    if not can_be_scheduled(tasks):
        return None
    known = capacities(tasks)
    index = build_plan_index(task_demands(tasks), known)
    waves = assign_waves(index, settings.max_wave_size)
    in_waves = build_plan_index(task_demands(tasks, dict(zip(index.ids, waves, strict=True))), known)
    most = tasks.meta.resource_limits.max_concurrent_tasks
    rolling_limits = Limits(max_concurrent=most, model="rolling_frontier")
    points = _three_points(tasks)
    if points is None:
        rolling = wave_based = None
    else:
        draws = min(settings.forecast_draws, max(FEWEST_DRAWS, MOST_SIMULATED_TASKS // len(tasks.tasks)))
        rho = settings.correlation
        rolling = forecast(index, points, rolling_limits, seed=seed, draws=draws, rho=rho)
        waved_limits = Limits(max_concurrent=most, model="wave_based")
        wave_based = forecast(in_waves, points, waved_limits, seed=seed, draws=draws, rho=rho)
    return ScheduledModels(
        index=index,
        schedule=simulate(index, index.durations, rolling_limits),
        waves=waves,
        rolling=rolling,
        wave_based=wave_based,
    )


def forecast_findings(tasks: TasksFile) -> tuple[Finding, ...]:
    """Return a warning when there is no forecast, naming the tasks that have no estimate."""
    missing = [task.id for task in tasks.tasks if task.duration is None]
    if not missing:
        return ()
    named = ", ".join(missing[:MOST_NAMED]) + (" ..." if len(missing) > MOST_NAMED else "")
    message = f"no forecast is made: {len(missing)} tasks have no estimate ({named}); give them one"
    return (Finding(rule=RULE, severity="warning", message=message, file=TASKS_FILE, pointer="/tasks"),)


def _three_points(tasks: TasksFile) -> list[ThreePoints] | None:
    """Return the estimates by task, or `None` when one is missing or out of order, which is reported."""
    points: list[ThreePoints] = []
    for task in tasks.tasks:
        stated = task.duration
        if stated is None or not stated.optimistic <= stated.mostLikely <= stated.pessimistic:
            return None
        points.append(ThreePoints(stated.optimistic, stated.mostLikely, stated.pessimistic))
    return points
