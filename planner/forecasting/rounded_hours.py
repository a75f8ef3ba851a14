"""Hours as they are written and shown: exact enough for a plan of seconds as for one of weeks."""

from __future__ import annotations

import math

SECONDS_PER_HOUR = 3600
DIGITS_OF_SMALL_PLANS = 3


def rounded_hours(hours: float) -> float:
    """Return hours to a tenth; below one hour to three significant digits, so that a short plan has any."""
    if hours == 0 or hours >= 1:
        return round(hours, 1)
    return round(hours, DIGITS_OF_SMALL_PLANS - 1 - math.floor(math.log10(hours)))


def hours_text(hours: float) -> str:
    """Return hours as a person says them: `12.5 h`, `40 min`, `25 s`."""
    seconds = hours * SECONDS_PER_HOUR
    if hours >= 1 or hours == 0:
        return f"{hours:.1f} h".replace(".0 h", " h")
    if seconds >= 100:  # noqa: PLR2004 - two digits of seconds read better than one of minutes
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"
