"""Possible durations of tasks, drawn from their three-point estimates; the same seed draws the same hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Hours: TypeAlias = npt.NDArray[np.float64]

LIKELY_WEIGHT = 4.0
"""How much the likely value counts beside both ends: PERT's lambda (Malcolm et al. 1959)."""

_BETA_POINTS = 2049
_NORMAL_VALUES = np.linspace(-8.0, 8.0, 3201)
_NORMAL_SHARES = np.array([math.erfc(-value / math.sqrt(2)) / 2 for value in _NORMAL_VALUES])


class ThreePoints(NamedTuple):
    """An estimate in hours; the three values may be equal."""

    optimistic: float
    likely: float
    pessimistic: float

    def check(self) -> None:
        """Refuse values that are out of order with a ValueError."""
        if not 0 <= self.optimistic <= self.likely <= self.pessimistic < math.inf:
            message = (
                f"the estimate {self.optimistic} / {self.likely} / {self.pessimistic} hours is out of order: "
                f"give optimistic <= likely <= pessimistic, none of them negative"
            )
            raise ValueError(message)


def draw_durations(
    three_points: Sequence[tuple[float, float, float]], seed: int, draws: int, rho: float
) -> Hours:
    """Return hours by [draw, task], each task's following its PERT distribution.

    Tasks of one plan tend to be late together: a common factor joins them (a one-factor Gaussian copula), so
    that two tasks' normal scores correlate with `rho`.

    Args:
        three_points: for each task the optimistic, likely and pessimistic hours.
        seed: any number that is not negative, e.g. a content hash (its last 256 bits count).
        draws: how many times the whole plan is drawn.
        rho: between 0 (independent) and 1 (all late together).

    Raises:
        ValueError: `draws` or `rho` is out of its range, or an estimate out of order.
    """
    if draws < 1 or not 0 <= rho <= 1:
        message = f"draws is {draws} and rho is {rho}: draw at least once, with rho between 0 and 1"
        raise ValueError(message)
    # numpy promises never to change what RandomState draws (NEP 19), but not so for its Generators.
    stream = np.random.RandomState([seed >> shift & 0xFFFFFFFF for shift in range(0, 256, 32)])
    common = _normal_scores(stream.random_sample((draws, 1)))
    own = _normal_scores(stream.random_sample((draws, len(three_points))))
    scores = math.sqrt(rho) * common + math.sqrt(1 - rho) * own
    shares = np.interp(scores, _NORMAL_VALUES, _NORMAL_SHARES)
    hours: Hours = np.empty_like(shares)
    for task, points in enumerate(three_points):
        hours[:, task] = quantiles(ThreePoints(*points), shares[:, task])
    return hours


def quantiles(estimate: ThreePoints, shares: Hours) -> Hours:
    """Return the hours below which a task stays with these shares of probability."""
    estimate.check()
    spread = estimate.pessimistic - estimate.optimistic
    if not spread:
        certain: Hours = np.full_like(shares, estimate.likely)
        return certain
    places, below = _beta_table((estimate.likely - estimate.optimistic) / spread)
    hours: Hours = estimate.optimistic + spread * np.interp(shares, below, places)
    return hours


def _normal_scores(shares: Hours) -> Hours:
    scores: Hours = np.interp(shares, _NORMAL_SHARES, _NORMAL_VALUES)
    return scores


@lru_cache(maxsize=1024)
def _beta_table(mode: float) -> tuple[Hours, Hours]:
    """Return places between 0 and 1 and the probability below each, for PERT's beta with this mode."""
    places = np.linspace(0.0, 1.0, _BETA_POINTS)
    density = places ** (LIKELY_WEIGHT * mode) * (1 - places) ** (LIKELY_WEIGHT * (1 - mode))
    below = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return places, below / below[-1]
