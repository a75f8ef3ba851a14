"""How much a run may do at once, and by which model."""

from __future__ import annotations

from dataclasses import dataclass

from planner.scheduling.barrier import Barrier
from schemas.tasks import ExecutionModel

_FULL = Barrier()


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force; they may change while a run goes on.

    Args:
        max_concurrent: how many tasks may be active at once.
        model: `rolling_frontier` starts whatever is ready; `wave_based` ends a wave, as far as its barrier
            asks, before the next begins.
        failure_threshold: once more than this share of all tasks has failed, nothing more is started (seed
            001: cascade prevention). 1.0 means never.
        overtaking: how many starts may take units of the resource that a task waits for before those units
            are kept together for it.
        window: for a plan with an order of its own, how long before its turn a task may start, in the unit of
            the planned starts (see `turns`). None means at any time; waves have no use for it.
        barrier: when a wave counts as ended; by default, when all its tasks have.
        own_barriers: the waves of which something else is asked, by number.
    """

    max_concurrent: int = 10
    model: ExecutionModel = "rolling_frontier"
    failure_threshold: float = 1.0
    overtaking: int = 64
    window: float | None = None
    barrier: Barrier = _FULL
    own_barriers: tuple[tuple[int, Barrier], ...] = ()

    def __post_init__(self) -> None:
        """Refuse limits under which a run could not go on."""
        if self.max_concurrent < 1:
            message = f"max_concurrent is {self.max_concurrent}: at least one task must be allowed to run"
            raise ValueError(message)
        if self.overtaking < 1:
            message = f"overtaking is {self.overtaking}: it must be at least 1"
            raise ValueError(message)
        if self.window is not None and not self.window >= 0:
            message = f"window is {self.window}: it must not be negative"
            raise ValueError(message)
        if not 0 <= self.failure_threshold <= 1:
            message = f"failure_threshold is {self.failure_threshold}: it must be between 0 and 1"
            raise ValueError(message)

    @property
    def waves_time_out(self) -> bool:
        """Return whether time alone may open a wave."""
        barriers = (self.barrier, *(barrier for _, barrier in self.own_barriers))
        return self.model == "wave_based" and any(barrier.timeout is not None for barrier in barriers)

    def barrier_of(self, wave: int) -> Barrier:
        """Return what lies between a wave and the next."""
        for number, barrier in self.own_barriers:
            if number == wave:
                return barrier
        return self.barrier
