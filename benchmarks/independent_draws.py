"""Durations drawn by other code than the forecast's: what is checked must not check itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from statistics import NormalDist

SAMPLE = 20_000


class IndependentDraws:
    """PERT durations from the standard library's beta and normal variates, tasks of a plan late together."""

    def __init__(self, seed: int, rho: float) -> None:
        self._random = Random(seed)  # noqa: S311 - draws that are the same each time
        self._rho = rho
        self._normal = NormalDist()
        self._samples: dict[float, list[float]] = {}

    def hours(self, points: Sequence[tuple[float, float, float]]) -> list[float]:
        """Return one possible duration for each estimate."""
        common = self._random.gauss(0, 1)
        return [self._one(point, common) for point in points]

    def _one(self, point: tuple[float, float, float], common: float) -> float:
        optimistic, likely, pessimistic = point
        own = self._random.gauss(0, 1)
        share = self._normal.cdf(math.sqrt(self._rho) * common + math.sqrt(1 - self._rho) * own)
        sample = self._sample(round((likely - optimistic) / (pessimistic - optimistic), 9))
        place = sample[min(int(share * SAMPLE), SAMPLE - 1)]
        return optimistic + (pessimistic - optimistic) * place

    def _sample(self, mode: float) -> list[float]:
        """Return sorted draws between 0 and 1, which stand for the inverse of the distribution."""
        if mode not in self._samples:
            drawn = (self._random.betavariate(1 + 4 * mode, 5 - 4 * mode) for _ in range(SAMPLE))
            self._samples[mode] = sorted(drawn)
        return self._samples[mode]
