"""The ready tasks of each group, best rank first, with their order of arrival beside it."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator

from planner.scheduling.plan_index import PlanIndex


class ReadyTasks:
    """Tasks of one group need the same and wait in one heap, so that one look answers for all of them.

    Tasks leave lazily: `waits` says who is still in, heaps and arrivals are cleaned when they are read. A
    task that left and came back arrived when it came back: only the arrival with its number counts.
    """

    __slots__ = ("_arrivals", "_index", "_numbers", "_ranks", "counts", "served", "waits")

    def __init__(self, index: PlanIndex) -> None:
        groups = len(index.group_needs)
        self._index = index
        self._ranks: list[list[int]] = [[] for _ in range(groups)]
        self._arrivals: list[deque[tuple[int, int]]] = [deque() for _ in range(groups)]
        self._numbers = [0] * len(index.ids)
        self.counts = [0] * groups
        self.served = [0] * groups
        self.waits = bytearray(len(index.ids))

    def add(self, task: int) -> None:
        """Let a task wait in its group."""
        group = self._index.groups[task]
        heapq.heappush(self._ranks[group], self._index.ranks[task])
        self._numbers[task] += 1
        self._arrivals[group].append((task, self._numbers[task]))
        self.counts[group] += 1
        self.waits[task] = 1

    def remove(self, task: int) -> None:
        """Take a task out, wherever it stands in its group."""
        group = self._index.groups[task]
        self.waits[task] = 0
        self.counts[group] -= 1
        if not self.counts[group]:
            self.served[group] = 0
            self._ranks[group].clear()
            self._arrivals[group].clear()

    def best_rank(self, group: int) -> int:
        """Return the rank of the best task of a group that is not empty."""
        ranks = self._ranks[group]
        while not self.waits[self._index.by_rank[ranks[0]]]:
            heapq.heappop(ranks)
        return ranks[0]

    def next_task(self, group: int, overtaking: int) -> int:
        """Return whose turn it is: the best rank's, but every so many turns that of the longest waiting.

        Without the exception, tasks on longer paths could arrive for ever before one that waits.
        """
        if self.served[group] % overtaking == overtaking - 1:
            arrivals = self._arrivals[group]
            while not self._is_here(arrivals[0]):
                arrivals.popleft()
            return arrivals[0][0]
        return self._index.by_rank[self.best_rank(group)]

    def in_order_of_arrival(self) -> Iterator[int]:
        """Return all waiting tasks, group by group, the longest waiting first."""
        for group in range(len(self.counts)):
            yield from self.of_group(group)

    def of_group(self, group: int) -> list[int]:
        """Return the waiting tasks of a group, the longest waiting first."""
        return [arrival[0] for arrival in self._arrivals[group] if self._is_here(arrival)]

    def _is_here(self, arrival: tuple[int, int]) -> bool:
        task, number = arrival
        return bool(self.waits[task]) and self._numbers[task] == number
