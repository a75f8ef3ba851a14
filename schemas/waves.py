"""waves.json: both execution models with their forecasts (seed 001)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.features import Generated
from schemas.identifiers import Identifier, TaskId
from schemas.record import Count, NonNegative, Record, UnitInterval

DEFER_OPTIONAL = "deferOptional"
"""The fallback of a barrier: from its timeout on, the optional tasks of the wave hold nothing back."""

ResourceUsage = dict[str, NonNegative]


class WaveEstimates(Record):
    """Quantiles of the time one wave takes."""

    units: Literal["hours"] = "hours"
    p50Hours: NonNegative
    p80Hours: NonNegative
    p95Hours: NonNegative


class BarrierRule(Record):
    """When a wave counts as ended: all of it, or a share of it."""

    kind: Literal["quorum", "full"]
    quorum: UnitInterval


class WaveBarrier(BarrierRule):
    """The barrier behind one wave."""

    timeoutMinutes: NonNegative | None = None
    fallback: str | None = None
    gateId: str | None = None


class Wave(Record):
    """Tasks that start together."""

    waveNumber: Annotated[int, Field(ge=1)]
    tasks: tuple[TaskId, ...]
    estimates: WaveEstimates | None = None
    resource_usage: ResourceUsage = {}
    barrier: WaveBarrier | None = None


class WaveConfig(Record):
    """The settings the waves were made with."""

    maxWaveSize: Annotated[int, Field(ge=1)]
    barrier: BarrierRule


class CompletionHours(Record):
    """Quantiles of the time until all waves have ended."""

    p50_hours: NonNegative
    p80_hours: NonNegative
    p95_hours: NonNegative


class WaveBased(Record):
    """The synchronous model."""

    config: WaveConfig
    waves: tuple[Wave, ...]
    total_waves: Count
    estimated_completion: CompletionHours | None = None


class OrderTrial(Record):
    """A way to choose that was simulated, and the mean time of its runs; no window means by longest path."""

    window_hours: NonNegative | None = None
    mean_hours: NonNegative


class PlannedOrder(Record):
    """An order that was searched for the plan: a task starts at most `window_hours` before its turn.

    It is in a plan only if it was faster than the longest path in simulated runs, which `trials` hold.
    """

    window_hours: NonNegative
    starts_hours: dict[TaskId, NonNegative]
    trials: tuple[OrderTrial, ...] = ()
    draws_of_each_trial: Count | None = None


class FrontierConfig(Record):
    """The settings of the rolling frontier; without a `planned_order` it goes by the longest path."""

    max_concurrent_tasks: Annotated[int, Field(ge=1)]
    scheduling_algorithm: str
    frontier_update_policy: str
    coordinator_config_ref: str
    planned_order: PlannedOrder | None = None


class FrontierHours(Record):
    """Quantiles of the time until the last task ends; `optimal_hours` is a lower bound that was computed."""

    optimal_hours: NonNegative | None = None
    p50_hours: NonNegative
    p80_hours: NonNegative | None = None
    p95_hours: NonNegative


class UtilizationForecast(Record):
    """How busy the plan keeps the machine, in percent of the plan's limits."""

    average_cpu_percent: NonNegative | None = None
    peak_cpu_percent: NonNegative | None = None
    average_memory_percent: NonNegative | None = None
    peak_memory_percent: NonNegative | None = None
    average_concurrency: NonNegative | None = None
    max_concurrency: NonNegative | None = None


class Contention(Record):
    """A resource that tasks wait for, and how long in sum."""

    resource: Identifier
    contention_points: Count
    estimated_wait_time_hours: NonNegative | None = None
    mitigation: str | None = None


class SimulationMoment(Record):
    """What runs, is ready, is blocked and is completed at one moment of the simulation."""

    running: tuple[TaskId, ...] = ()
    ready: tuple[TaskId, ...] = ()
    blocked: tuple[TaskId, ...] = ()
    completed: tuple[TaskId, ...] | None = None
    resource_usage: ResourceUsage = {}


SimulationTime = Annotated[str, Field(pattern=r"^time_\d+(\.\d+)?h$")]


class RollingFrontier(Record):
    """The continuous model.

    `recommended_concurrency` is there when fewer tasks at once than the most take hardly longer.
    """

    initial_frontier: tuple[TaskId, ...]
    config: FrontierConfig
    estimated_completion_time: FrontierHours | None = None
    recommended_concurrency: Annotated[int, Field(ge=1)] | None = None
    resource_utilization_forecast: UtilizationForecast | None = None
    critical_resource_contentions: tuple[Contention, ...] = ()
    execution_simulation: dict[SimulationTime, SimulationMoment] | None = None
    advantages_over_wave_based: tuple[str, ...] = ()


class ExecutionModels(Record):
    """Both models, made by one scheduler from one graph."""

    wave_based: WaveBased
    rolling_frontier: RollingFrontier


class ForecastProvenance(Record):
    """How the quantiles were drawn: the same values give the same numbers."""

    draws: Annotated[int, Field(ge=1)]
    seed: Count
    rho: UnitInterval


class WavesFile(Record):
    """The whole of waves.json."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    planId: Annotated[str, Field(pattern=r"^PLAN-[0-9a-f]{8}$")]
    generated: Generated
    execution_models: ExecutionModels
    forecast_provenance: ForecastProvenance | None = None
