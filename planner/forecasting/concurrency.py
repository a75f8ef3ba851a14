"""How many tasks at once a plan is worth: beyond that, another slot stands idle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.forecasting.duration_draws import draw_durations
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import simulate

TRIAL_DRAWS = 30
NOT_WORTH_A_SLOT = 0.01


@dataclass(frozen=True, slots=True)
class Concurrency:
    """The fewest tasks at once with which the plan takes hardly longer than with all that are allowed."""

    tasks: int
    mean_hours: float
    mean_hours_with_all: float


def worthwhile_concurrency(
    index: PlanIndex,
    three_points: Sequence[tuple[float, float, float]],
    limits: Limits,
    *,
    seed: int,
    rho: float,
) -> Concurrency:
    """Return the least concurrency that costs at most one percent of the mean time of simulated runs.

    A plan whose tasks wait for one lock or for each other is as fast with one task at a time.
    """
    hours = draw_durations(three_points, seed, TRIAL_DRAWS, rho).tolist()

    def mean(most: int) -> float:
        runs = (simulate(index, row, replace(limits, max_concurrent=most)).makespan for row in hours)
        return sum(runs) / TRIAL_DRAWS

    with_all = mean(limits.max_concurrent)
    # With fewer slots the work alone takes longer than that: no need to try these.
    work = sum(map(sum, hours)) / TRIAL_DRAWS
    enough = with_all * (1 + NOT_WORTH_A_SLOT)
    for most in range(1, limits.max_concurrent):
        if work / most <= enough and (taken := mean(most)) <= enough:
            return Concurrency(most, taken, with_all)
    return Concurrency(limits.max_concurrent, with_all, with_all)
