"""How the rolling frontier of a plan chooses: by longest path, or by an order that was searched for the plan.

Which is better depends on the plan and on how sure its estimates are. A searched order is shorter when all
goes as expected; the longest path adapts better when it does not. So both are simulated, with the same drawn
durations, by the scheduler that will execute it, and the faster on average is taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.forecasting.duration_draws import draw_durations
from planner.forecasting.evolve import evolve
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, with_planned_starts
from planner.scheduling.simulate import simulate

TRIAL_DRAWS, FEWEST_DRAWS = 60, 30
SEARCHED_SCHEDULES = 500
MOST_SIMULATED_TASKS, MOST_SEARCHED_TASKS = 6_000, 50_000
WINDOW_SHARES = (0.03, 0.05, 0.10, 0.20)
FEWEST_TASKS, MOST_TASKS = 3, 500
LEAST_GAIN = 0.005
"""An order is worth keeping only if it saves this share of the time, and more than chance would."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to choose, and how long the plan took with it, on average over the trial's draws."""

    window: float | None
    mean: float


@dataclass(frozen=True, slots=True)
class FrontierPolicy:
    """The way that was chosen: `planned_starts` and `window` in hours, or neither for the longest path.

    `trials` are all ways that were tried, each with as many draws, the longest path first; there are none
    when there was nothing to choose.
    """

    planned_starts: tuple[float, ...] = ()
    window: float | None = None
    trials: tuple[Trial, ...] = ()
    draws: int = 0

    def index(self, index: PlanIndex) -> PlanIndex:
        """Return the plan with the order of this policy."""
        return with_planned_starts(index, self.planned_starts)

    def limits(self, limits: Limits) -> Limits:
        """Return the limits with the window of this policy."""
        return replace(limits, window=self.window)


LONGEST_PATH_FIRST = FrontierPolicy()


def choose_policy(
    index: PlanIndex,
    three_points: Sequence[tuple[float, float, float]],
    limits: Limits,
    *,
    seed: int,
    rho: float,
) -> FrontierPolicy:
    """Return the way to choose that takes the least time on average, for 3 to 500 tasks.

    Args:
        index: the plan, without an order of its own.
        three_points: optimistic, likely and pessimistic hours, by task number.
        limits: the limits of the run.
        seed: decides the search and the draws. A forecast must be drawn with another one: the winner of a
            trial looks better on its own draws than it is.
        rho: how much the tasks are late together, see `draw_durations`.
    """
    if limits.model != "rolling_frontier" or not FEWEST_TASKS <= len(index.ids) <= MOST_TASKS:
        return LONGEST_PATH_FIRST
    budget = min(SEARCHED_SCHEDULES, MOST_SEARCHED_TASKS // len(index.ids))
    draws = min(TRIAL_DRAWS, max(FEWEST_DRAWS, MOST_SIMULATED_TASKS // len(index.ids)))
    found = evolve(index, limits, seed=seed, budget=budget).schedule
    if found.makespan >= simulate(index, index.durations, limits).makespan:
        return LONGEST_PATH_FIRST
    hours = draw_durations(three_points, seed, draws, rho).tolist()
    planned = tuple(round(start, 4) for start in found.starts)
    ways = [
        LONGEST_PATH_FIRST,
        *(FrontierPolicy(planned, round(share * found.makespan, 4)) for share in WINDOW_SHARES),
    ]
    times = [_times(index, way, limits, hours) for way in ways]
    means = [float(row.mean()) for row in times]
    trials = tuple(Trial(way.window, mean) for way, mean in zip(ways, means, strict=True))
    best = min(range(len(ways)), key=means.__getitem__)
    saved = times[0] - times[best]
    chance = float(saved.std()) / math.sqrt(draws)
    worth_it = best and saved.mean() > max(LEAST_GAIN * means[0], chance)
    return replace(ways[best if worth_it else 0], trials=trials, draws=draws)


def _times(
    index: PlanIndex, way: FrontierPolicy, limits: Limits, hours: Sequence[Sequence[float]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    ordered, windowed = way.index(index), way.limits(limits)
    return np.array([simulate(ordered, row, windowed).makespan for row in hours])
