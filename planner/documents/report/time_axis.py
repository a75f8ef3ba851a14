"""Hours as places on a line: a scale, and the moments that are written below it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.documents.report.markup import Markup, element, joined, text
from planner.forecasting.rounded_hours import hours_text

MOST_TICKS = 10
_MINUTE = 1 / 60
_SECOND = 1 / 3600
_NO_TIME = 1e-9
_STEPS = (
    *(seconds * _SECOND for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(1, 2, 4, 6, 12, 24, 48, 96, 168),
)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """From 0 to `hours`, drawn from `left` over `width`."""

    hours: float
    left: float
    width: float

    def place(self, hours: float) -> float:
        """Return where a moment stands, rounded as it is written: what meets there does not overlap."""
        return round(self.left + self.width * min(max(hours / self.hours, 0.0), 1.0), 1)

    def ticks(self) -> list[float]:
        """Return at most eleven round moments, 0 among them."""
        least = self.hours / MOST_TICKS
        step = next((step for step in _STEPS if step >= least), None)
        if step is None or least < _STEPS[0] / 2:
            power = 10.0 ** math.floor(math.log10(least))
            step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))
        return [number * step for number in range(int(self.hours / step * (1 + 1e-9)) + 1)]

    def lines(self, top: float, bottom: float) -> Markup:
        """Return a line for each tick."""
        return joined(
            element("path", {"class": "k", "d": f"M{self.place(tick):g} {top:g}V{bottom:g}"})
            for tick in self.ticks()
        )

    def labels(self, baseline: float) -> Markup:
        """Return the name of each tick."""
        return joined(
            element("text", {"class": "t", "x": self.place(tick), "y": baseline}, text(hours_text(tick)))
            for tick in self.ticks()
        )


def time_axis(hours: float, left: float, width: float) -> TimeAxis:
    """Return an axis; a time that is no time at all is drawn as a second."""
    return TimeAxis(hours if hours > _NO_TIME else _SECOND, left, width)
