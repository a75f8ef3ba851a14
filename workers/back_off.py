"""When something that ended may be started again: what keeps ending, more and more slowly."""

from __future__ import annotations

from dataclasses import dataclass

BACK_OFF_SECONDS = (0.2, 1.0, 3.0, 10.0, 30.0)
STEADY_SECONDS = 60.0
SUSPICIOUS_FAILURES = 3  # one or two are a kill, or a server that was away
NEEDED_BY_ALL_SECONDS = 3.0  # no command answers without server and control worker, and none waits for long


@dataclass(slots=True)
class BackOff:
    """The failures of one thing that is to run for ever; the time comes from outside."""

    failures: int = 0
    started: float = 0.0
    due: float = 0.0
    longest_seconds: float = BACK_OFF_SECONDS[-1]

    def begun(self, now: float) -> None:
        """It was started."""
        self.started = now

    def ended(self, now: float) -> None:
        """It ended; after a steady time that counts as the first failure again."""
        steady = now - self.started > STEADY_SECONDS
        self.failures = 0 if steady else self.failures + 1
        pause = BACK_OFF_SECONDS[min(self.failures, len(BACK_OFF_SECONDS) - 1)]
        self.due = now + min(pause, self.longest_seconds)

    def failed_to_start(self, now: float) -> None:
        """It was not even started."""
        self.started = now
        self.ended(now)

    def does_not_stay(self, now: float, *, runs: bool) -> bool:
        """Return whether it ended again and again, and has not been steady since."""
        return self.failures >= SUSPICIOUS_FAILURES and not (runs and now - self.started > STEADY_SECONDS)

    def is_due(self, now: float) -> bool:
        """Return whether it may be started."""
        return now >= self.due
