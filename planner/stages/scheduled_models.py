"""Phase 7, first step: run the scheduler over the plan, once as expected and many times as drawn."""

from __future__ import annotations

from dataclasses import dataclass

from planner.forecasting.concurrency import Concurrency, worthwhile_concurrency
from planner.forecasting.forecast import Forecast, forecast
from planner.forecasting.frontier_policy import FrontierPolicy
from planner.outline_limits import hours_of
from planner.plan_demands import can_be_scheduled, capacities, task_demands
from planner.scheduling.barrier import Barrier
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, build_plan_index
from planner.scheduling.simulate import Schedule, simulate
from planner.scheduling.waves import assign_waves
from planner.stages.frontier_choice import three_points
from schemas.dag import Finding
from schemas.plan import TASKS_FILE
from schemas.settings import PlanSettings
from schemas.tasks import TasksFile

MOST_SIMULATED_TASKS = 100_000
FEWEST_DRAWS = 20
MOST_TASKS_TO_COUNT_SLOTS = 500
MOST_NAMED = 10
RULE = "forecast"


@dataclass(frozen=True, slots=True)
class ScheduledModels:
    """Both execution models of one plan, from one scheduler.

    `waves` number from 1, by task number. `policy` says how the rolling frontier chooses, and `schedule` is
    what it does with the expected durations. What is drawn is `None` when a task has no estimate.
    """

    index: PlanIndex
    policy: FrontierPolicy
    schedule: Schedule
    waves: tuple[int, ...]
    rolling: Forecast | None
    wave_based: Forecast | None
    concurrency: Concurrency | None


def scheduled_models(
    tasks: TasksFile, settings: PlanSettings, policy: FrontierPolicy, seed: int
) -> ScheduledModels | None:
    """Return both models, or `None` when no order of the tasks exists.

    Args:
        tasks: the plan's tasks.
        settings: sizes, draws and correlation.
        policy: how the rolling frontier chooses.
        seed: decides every draw.
    """
    if not can_be_scheduled(tasks):
        return None
    known = capacities(tasks)
    index = policy.index(build_plan_index(task_demands(tasks), known))
    waves = assign_waves(index, settings.max_wave_size)
    in_waves = build_plan_index(task_demands(tasks, dict(zip(index.ids, waves, strict=True))), known)
    most = tasks.meta.resource_limits.max_concurrent_tasks
    rolling_limits = policy.limits(Limits(max_concurrent=most, model="rolling_frontier"))
    points = three_points(tasks)
    rolling = wave_based = concurrency = None
    if points is not None:
        draws = min(settings.forecast_draws, max(FEWEST_DRAWS, MOST_SIMULATED_TASKS // len(tasks.tasks)))
        rho = settings.correlation
        rolling = forecast(index, points, rolling_limits, seed=seed, draws=draws, rho=rho)
        waved_limits = Limits(max_concurrent=most, model="wave_based", barrier=barrier_of(settings))
        wave_based = forecast(in_waves, points, waved_limits, seed=seed, draws=draws, rho=rho)
        if len(points) <= MOST_TASKS_TO_COUNT_SLOTS:
            concurrency = worthwhile_concurrency(index, points, rolling_limits, seed=seed, rho=rho)
    return ScheduledModels(
        index=index,
        policy=policy,
        schedule=simulate(index, index.durations, rolling_limits),
        waves=waves,
        rolling=rolling,
        wave_based=wave_based,
        concurrency=concurrency,
    )


def barrier_of(settings: PlanSettings) -> Barrier:
    """Return what lies between the waves of a plan made with these settings."""
    return Barrier(settings.wave_quorum, hours_of(settings.wave_timeout_minutes))


def forecast_findings(tasks: TasksFile) -> tuple[Finding, ...]:
    """Return a warning when there is no forecast, naming the tasks that have no estimate."""
    missing = [task.id for task in tasks.tasks if task.duration is None]
    if not missing:
        return ()
    named = ", ".join(missing[:MOST_NAMED]) + (" ..." if len(missing) > MOST_NAMED else "")
    message = f"no forecast is made: {len(missing)} tasks have no estimate ({named}); give them one"
    return (Finding(rule=RULE, severity="warning", message=message, file=TASKS_FILE, pointer="/tasks"),)
