"""What lies between a wave and the next: how much of it must have ended, and for how long that is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Barrier:
    """When a wave counts as ended, so that the next may begin.

    Args:
        quorum: the share of its tasks that must have ended; 1.0 means all, a full barrier.
        timeout: how long after the wave opened its optional tasks stop holding back the next one, in the unit
            of the durations; they go on. None means never.
    """

    quorum: float = 1.0
    timeout: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no share and no time."""
        if not 0 <= self.quorum <= 1:
            message = f"quorum is {self.quorum}: it must be between 0 and 1"
            raise ValueError(message)
        if self.timeout is not None and not self.timeout >= 0:
            message = f"timeout is {self.timeout}: it must not be negative"
            raise ValueError(message)

    def needed(self, size: int) -> int:
        """Return how many tasks of a wave of this size must have ended."""
        # A share of a number that is a whole one but for the last bits must not be rounded up.
        return math.ceil(round(self.quorum * size, _DIGITS))
