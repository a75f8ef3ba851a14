"""What holds ready tasks back in a run without failures: nothing, a wave's barrier, or a planned order."""

from __future__ import annotations

import heapq
from typing import Protocol

from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex


class Gate(Protocol):
    """Hears of every task that is ready, starts or ends, and says which may queue up."""

    def ready(self, task: int) -> None:
        """Take in a task that has become ready."""

    def started(self, task: int) -> None:
        """Take in a start."""

    def ended(self, task: int) -> None:
        """Take in an end."""

    def called_up(self) -> list[int]:
        """Return the tasks that may queue up now, each once."""


def gate_of(index: PlanIndex, limits: Limits) -> Gate | None:
    """Return the gate of a run, or `None` for what only the whole scheduler knows.

    That is an order with several classes, and waves that time may open.
    """
    if limits.model == "wave_based":
        return None if limits.waves_time_out and any(index.optional) else _Barrier(index, limits)
    if limits.window is None or not index.planned_starts:
        return _Open()
    return _Window(index, limits.window) if len(set(index.priority_classes)) == 1 else None


class _Open:
    """Lets everybody through."""

    __slots__ = ("_arrived",)

    def __init__(self) -> None:
        self._arrived: list[int] = []

    def ready(self, task: int) -> None:
        self._arrived.append(task)

    def started(self, task: int) -> None:
        """A start changes nothing."""

    def ended(self, task: int) -> None:
        """An end changes nothing."""

    def called_up(self) -> list[int]:
        arrived, self._arrived = self._arrived, []
        return arrived


class _Barrier:
    """Opens a wave when enough tasks of the one before have ended."""

    __slots__ = ("_held", "_lacking", "_open", "_waves")

    def __init__(self, index: PlanIndex, limits: Limits) -> None:
        self._waves = index.waves
        self._lacking = {
            wave: limits.barrier_of(wave).needed(size) for wave, size in index.wave_sizes.items()
        }
        self._open = min(index.waves, default=0)
        self._held: dict[int, list[int]] = {}

    def ready(self, task: int) -> None:
        self._held.setdefault(self._waves[task], []).append(task)

    def started(self, task: int) -> None:
        """A start changes nothing."""

    def ended(self, task: int) -> None:
        self._lacking[self._waves[task]] -= 1

    def called_up(self) -> list[int]:
        if self._lacking and self._lacking[self._open] <= 0:
            last = next(reversed(self._lacking))
            lasting = (wave for wave, count in self._lacking.items() if wave > self._open and count > 0)
            self._open = next(lasting, last)
        return [task for wave in sorted(self._held) if wave <= self._open for task in self._held.pop(wave)]


class _Window:
    """Lets tasks through whose planned start is near that of the first that has not started."""

    __slots__ = ("_held", "_index", "_next", "_started", "_window")

    def __init__(self, index: PlanIndex, window: float) -> None:
        self._index = index
        self._window = window
        self._held: list[int] = []
        self._started = bytearray(len(index.ids))
        self._next = 0

    def ready(self, task: int) -> None:
        heapq.heappush(self._held, self._index.ranks[task])

    def started(self, task: int) -> None:
        self._started[self._index.ranks[task]] = 1

    def ended(self, task: int) -> None:
        """An end changes nothing."""

    def called_up(self) -> list[int]:
        if not self._held:
            return []
        self._next = self._started.find(0, self._next)
        starts, by_rank = self._index.planned_starts, self._index.by_rank
        latest = starts[by_rank[self._next]] + self._window
        called = []
        while self._held and starts[by_rank[self._held[0]]] <= latest:
            called.append(by_rank[heapq.heappop(self._held)])
        return called
