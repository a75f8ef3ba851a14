"""When a plan will be done: the whole plan simulated many times, by the scheduler that will execute it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from planner.forecasting.duration_draws import Hours, draw_durations
from planner.scheduling.barrier import Barrier
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule, simulate

DEFAULT_DRAWS = 1000
DEFAULT_RHO = 0.3
Flags: TypeAlias = npt.NDArray[np.bool_]
_SHARES = (0.50, 0.80, 0.95)


@dataclass(frozen=True, slots=True)
class HourQuantiles:
    """Hours that will not be exceeded with 50, 80 and 95 percent probability."""

    p50: float
    p80: float
    p95: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect of a run, and how it was computed.

    `p50`, `p80` and `p95` are the hours of the whole plan. `waves` holds the hours from the first start of
    each wave until it counts as ended, for `wave_based` only; their quantiles must not be added up, and what
    a barrier does not wait for is not in them. `utilisation` is the share of each resource's units in use on
    average, `peak_units` the most at once in any draw.
    """

    p50: float
    p80: float
    p95: float
    waves: Mapping[int, HourQuantiles]
    average_concurrency: float
    max_concurrency: int
    utilisation: Mapping[str, float]
    peak_units: Mapping[str, int]
    draws: int
    seed: int
    rho: float


def forecast(
    index: PlanIndex,
    three_points: Sequence[tuple[float, float, float]],
    limits: Limits,
    *,
    seed: int,
    draws: int = DEFAULT_DRAWS,
    rho: float = DEFAULT_RHO,
) -> Forecast:
    """Simulate the plan with drawn durations and read off what to expect.

    Args:
        index: the plan.
        three_points: optimistic, likely and pessimistic hours, by task number.
        limits: the limits and the model of the run.
        seed: decides every draw; the same seed gives the same forecast.
        draws: how often the whole plan is simulated.
        rho: how much the tasks are late together, see `draw_durations`.
    """
    hours = draw_durations(three_points, seed, draws, rho)
    schedules = [simulate(index, row, limits) for row in hours.tolist()]
    makespans = np.array([schedule.makespan for schedule in schedules])
    plan = _quantiles(makespans)
    demands = _demand_table(index)
    peaks = np.max([_peaks(schedule, demands) for schedule in schedules], axis=0, initial=0)
    available = float(makespans.sum())
    work = hours.sum(axis=0) @ demands / available if available else np.zeros(demands.shape[1])
    return Forecast(
        p50=plan.p50,
        p80=plan.p80,
        p95=plan.p95,
        waves=_wave_quantiles(index, schedules, limits) if limits.model == "wave_based" else {},
        average_concurrency=float(work[0]),
        max_concurrency=int(peaks[0]),
        utilisation={
            name: float(used / capacity) if capacity else 0.0
            for name, capacity, used in zip(index.resource_names, index.capacities, work[1:], strict=True)
        },
        peak_units={name: int(peak) for name, peak in zip(index.resource_names, peaks[1:], strict=True)},
        draws=draws,
        seed=seed,
        rho=rho,
    )


def _demand_table(index: PlanIndex) -> Hours:
    """Return the units by [task, resource], before them a column for the slot that each task takes."""
    table = np.zeros((len(index.ids), 1 + len(index.capacities)))
    table[:, 0] = 1
    for task, need in enumerate(index.demands):
        for resource, units in need:
            table[task, 1 + resource] = units
    return table


def _peaks(schedule: Schedule, demands: Hours) -> Hours:
    """Return the most that was in use at once; at one instant, what ends is given back first."""
    starts, finishes = np.array(schedule.starts), np.array(schedule.finishes)
    lasting = finishes > starts
    times = np.concatenate((finishes[lasting], starts[lasting]))
    changes = np.concatenate((-demands[lasting], demands[lasting]))
    in_use = np.cumsum(changes[np.argsort(times, kind="stable")], axis=0)
    peaks: Hours = in_use.max(axis=0, initial=0)
    return peaks


def _quantiles(hours: Hours) -> HourQuantiles:
    p50, p80, p95 = np.quantile(hours, _SHARES)
    return HourQuantiles(float(p50), float(p80), float(p95))


def _wave_quantiles(
    index: PlanIndex, schedules: Sequence[Schedule], limits: Limits
) -> dict[int, HourQuantiles]:
    starts = np.array([schedule.starts for schedule in schedules])
    finishes = np.array([schedule.finishes for schedule in schedules])
    waves, optional = np.array(index.waves), np.array(index.optional)
    opened = np.zeros(len(schedules))
    found: dict[int, HourQuantiles] = {}
    for wave in index.wave_sizes:
        members = waves == wave
        ends = _ends(finishes[:, members], optional[members], limits.barrier_of(wave), opened)
        found[wave] = _quantiles(np.maximum(ends - starts[:, members].min(axis=1), 0.0))
        opened = np.maximum(opened, ends)
    return found


def _ends(finishes: Hours, optional: Flags, barrier: Barrier, opened: Hours) -> Hours:
    """Return when a wave counts as ended in each draw, from the finishes of its tasks by [draw, task]."""
    needed = barrier.needed(finishes.shape[1])
    ends = _nth(finishes, needed)
    if barrier.timeout is None:
        return ends
    required = _nth(finishes[:, ~optional], needed - int(optional.sum()))
    earlier: Hours = np.minimum(ends, np.maximum(opened + barrier.timeout, required))
    return earlier


def _nth(finishes: Hours, count: int) -> Hours:
    """Return when so many tasks have finished, in each draw."""
    return np.sort(finishes, axis=1)[:, count - 1] if count > 0 else np.zeros(len(finishes))
