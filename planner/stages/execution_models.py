"""Phase 7: both execution models with their forecasts (waves.json, seed 001)."""

from __future__ import annotations

from dataclasses import replace

from planner.forecasting.forecast import Forecast
from planner.forecasting.frontier_policy import LONGEST_PATH_FIRST, Trial
from planner.forecasting.lower_bound import lower_bound
from planner.forecasting.rounded_hours import hours_text, rounded_hours
from planner.plan_demands import CPU, MEMORY, capacities, task_demands
from planner.scheduling.barrier import Barrier
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, build_plan_index
from planner.stages.artifact_seal import unsealed
from planner.stages.resource_waits import resource_waits
from planner.stages.scheduled_models import ScheduledModels
from planner.stages.simulated_moments import simulated_moments, usage
from schemas.plan import COORDINATOR_FILE, plan_id
from schemas.settings import PlanSettings
from schemas.tasks import TasksFile
from schemas.waves import (
    DEFER_OPTIONAL,
    BarrierRule,
    CompletionHours,
    ExecutionModels,
    ForecastProvenance,
    FrontierConfig,
    FrontierHours,
    OrderTrial,
    PlannedOrder,
    RollingFrontier,
    UtilizationForecast,
    Wave,
    WaveBarrier,
    WaveBased,
    WaveConfig,
    WaveEstimates,
    WavesFile,
)

ALGORITHM = "longest_path_first_with_resources"
ALGORITHM_WITH_ORDER = "planned_order_within_a_window"
SAME_HOURS = 0.05


def waves_file(tasks: TasksFile, models: ScheduledModels | None, settings: PlanSettings) -> WavesFile:
    """Return waves.json, not sealed; without an order of the tasks both models are empty.

    Quantiles are rounded to 0.1 h; what is not computed is left out.
    """
    file = WavesFile(
        planId=plan_id(tasks.generated.contentHash),
        generated=unsealed(tasks.generated.timestamp),
        execution_models=ExecutionModels(
            wave_based=_wave_based(models, settings), rolling_frontier=_rolling_frontier(tasks, models)
        ),
    )
    if models is None or models.rolling is None:
        return file
    drawn = models.rolling
    provenance = ForecastProvenance(draws=drawn.draws, seed=drawn.seed, rho=drawn.rho)
    return file.model_copy(update={"forecast_provenance": provenance})


def _wave_based(models: ScheduledModels | None, settings: PlanSettings) -> WaveBased:
    config = WaveConfig(maxWaveSize=settings.max_wave_size, barrier=_rule(settings.wave_quorum))
    if models is None:
        return WaveBased(config=config, waves=(), total_waves=0)
    count = max(models.waves, default=0)
    waves = [_wave(models, number) for number in range(1, count + 1)]
    behind = [wave.model_copy(update={"barrier": _barrier(wave, settings)}) for wave in waves[:-1]]
    found = WaveBased(config=config, waves=(*behind, *waves[-1:]), total_waves=count)
    if models.wave_based is None:
        return found
    hours = CompletionHours(
        p50_hours=rounded_hours(models.wave_based.p50),
        p80_hours=rounded_hours(models.wave_based.p80),
        p95_hours=rounded_hours(models.wave_based.p95),
    )
    return found.model_copy(update={"estimated_completion": hours})


def _rule(quorum: float) -> BarrierRule:
    return BarrierRule(kind="quorum" if quorum < 1 else "full", quorum=quorum)


def _barrier(wave: Wave, settings: PlanSettings) -> WaveBarrier:
    """Return the barrier behind a wave: full where the quorum asks for all of its tasks."""
    size, quorum = len(wave.tasks), settings.wave_quorum
    rule = _rule(quorum if Barrier(quorum).needed(size) < size else 1.0)
    gate = f"W{wave.waveNumber}→W{wave.waveNumber + 1}"
    suffix = f"-q{100 * quorum:g}" if rule.kind == "quorum" else ""
    found = WaveBarrier(kind=rule.kind, quorum=rule.quorum, gateId=gate + suffix)
    if settings.wave_timeout_minutes is None:
        return found
    timeout = {"timeoutMinutes": settings.wave_timeout_minutes, "fallback": DEFER_OPTIONAL}
    return found.model_copy(update=timeout)


def _wave(models: ScheduledModels, number: int) -> Wave:
    members = [task for task, wave in enumerate(models.waves) if wave == number]
    changes: dict[str, object] = {}
    if held := usage(models.index, members):
        changes["resource_usage"] = held
    if models.wave_based is not None:
        hours = models.wave_based.waves[number]
        changes["estimates"] = WaveEstimates(
            units="hours",
            p50Hours=rounded_hours(hours.p50),
            p80Hours=rounded_hours(hours.p80),
            p95Hours=rounded_hours(hours.p95),
        )
    wave = Wave(waveNumber=number, tasks=tuple(models.index.ids[task] for task in members))
    return wave.model_copy(update=changes)


def _rolling_frontier(tasks: TasksFile, models: ScheduledModels | None) -> RollingFrontier:
    config = _frontier_config(tasks, models)
    if models is None:
        return RollingFrontier(initial_frontier=(), config=config)
    index = models.index
    found = RollingFrontier(
        initial_frontier=tuple(
            name for number, name in enumerate(index.ids) if not index.predecessors[number]
        ),
        config=config,
    )
    if models.rolling is None:
        return found
    drawn = models.rolling
    return found.model_copy(
        update={
            "estimated_completion_time": FrontierHours(
                optimal_hours=rounded_hours(optimal_hours(tasks)),
                p50_hours=rounded_hours(drawn.p50),
                p80_hours=rounded_hours(drawn.p80),
                p95_hours=rounded_hours(drawn.p95),
            ),
            "resource_utilization_forecast": _utilization(tasks, models.index, drawn),
            "critical_resource_contentions": resource_waits(index, models.schedule, _shared_names(tasks)),
            "execution_simulation": simulated_moments(index, models.schedule),
            "advantages_over_wave_based": _advantages(drawn, models.wave_based),
            **_recommended_concurrency(models, drawn),
        }
    )


def _frontier_config(tasks: TasksFile, models: ScheduledModels | None) -> FrontierConfig:
    """Return how the frontier chooses: the order of the plan, if one was found that pays."""
    policy = models.policy if models is not None else LONGEST_PATH_FIRST
    config = FrontierConfig(
        max_concurrent_tasks=tasks.meta.resource_limits.max_concurrent_tasks,
        scheduling_algorithm=ALGORITHM if policy.window is None else ALGORITHM_WITH_ORDER,
        frontier_update_policy="immediate",
        coordinator_config_ref=COORDINATOR_FILE,
    )
    if policy.window is None:
        return config
    order = PlannedOrder(
        window_hours=policy.window,
        starts_hours=dict(zip((task.id for task in tasks.tasks), policy.planned_starts, strict=True)),
        trials=tuple(_order_trial(trial) for trial in policy.trials),
        draws_of_each_trial=policy.draws,
    )
    return config.model_copy(update={"planned_order": order})


def _order_trial(trial: Trial) -> OrderTrial:
    found = OrderTrial(mean_hours=rounded_hours(trial.mean))
    return found if trial.window is None else found.model_copy(update={"window_hours": trial.window})


def _recommended_concurrency(models: ScheduledModels, drawn: Forecast) -> dict[str, int]:
    """Return a number of tasks at once below the most that ever run, when that is as good."""
    found = models.concurrency
    if found is None or found.tasks >= drawn.max_concurrency:
        return {}
    return {"recommended_concurrency": found.tasks}


def _shared_names(tasks: TasksFile) -> set[str]:
    needs = [task.resource_requirements.estimated for task in tasks.tasks]
    return {name for need in needs for name in (*need.exclusive_resources, *need.shared_resources)}


def optimal_hours(tasks: TasksFile) -> float:
    """Return hours that no execution undercuts: every task as fast as its estimate allows."""
    hours = {task.id: task.duration.optimistic if task.duration is not None else 0.0 for task in tasks.tasks}
    fastest = [replace(item, hours=hours[item.id]) for item in task_demands(tasks)]
    index = build_plan_index(fastest, capacities(tasks))
    return lower_bound(index, Limits(max_concurrent=tasks.meta.resource_limits.max_concurrent_tasks))


def _utilization(tasks: TasksFile, index: PlanIndex, drawn: Forecast) -> UtilizationForecast:
    """Return how busy the plan is; processor and memory only where both needs and a limit are stated."""
    found = UtilizationForecast(
        average_concurrency=_rounded(drawn.average_concurrency), max_concurrency=drawn.max_concurrency
    )
    limits = dict(zip(index.resource_names, index.capacities, strict=True))
    changes: dict[str, float] = {}
    for resource, shown in ((CPU, "cpu"), (MEMORY, "memory")):
        needing = any(getattr(task.resource_requirements.estimated, resource) for task in tasks.tasks)
        if needing and limits.get(resource):
            changes[f"average_{shown}_percent"] = _rounded(100 * drawn.utilisation[resource])
            changes[f"peak_{shown}_percent"] = _rounded(100 * drawn.peak_units[resource] / limits[resource])
    return found.model_copy(update=changes)


def _advantages(rolling: Forecast, wave_based: Forecast | None) -> tuple[str, ...]:
    """Return what the two forecasts themselves show, or nothing."""
    if wave_based is None:
        return ()
    found: list[str] = []
    fast, slow = rolling.p50, wave_based.p50
    if slow - fast >= SAME_HOURS:
        share = 1 - fast / slow
        found.append(f"{share:.0%} faster completion ({hours_text(fast)} against {hours_text(slow)}, P50)")
    if rolling.average_concurrency - wave_based.average_concurrency >= SAME_HOURS:
        busy, less = rolling.average_concurrency, wave_based.average_concurrency
        found.append(f"{busy:.1f} tasks at work on average, against {less:.1f}")
    return tuple(found)


def _rounded(value: float) -> float:
    return round(value, 1)
