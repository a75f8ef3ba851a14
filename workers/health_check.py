"""One thing that `tasks doctor` looked at."""

from __future__ import annotations

from typing import Literal

from schemas.record import Record

Health = Literal["ok", "warning", "problem"]


class HealthCheck(Record):
    """What was looked at, how it was found, and what to do when it is not as it should be."""

    name: str
    status: Health
    detail: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        """Return whether work is possible with it; a warning is no obstacle yet."""
        return self.status != "problem"
