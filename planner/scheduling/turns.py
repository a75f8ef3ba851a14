"""Whose turn it is when a plan has an order: a task may start a little before its turn, not long before it.

Starting whatever is ready keeps everybody busy, but may take from the next important task what it needs.
Holding to the planned order to the letter leaves machines idle when something takes longer than expected.
Between the two: a task waits until its planned start is at most `Limits.window` after that of the first task
that has not started, among those of its priority class and of higher ones.

The first of all unstarted tasks in the planned order is never held back, and nothing that it depends on is
unstarted: so a run cannot come to a standstill here.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import accumulate

from planner.scheduling.plan_index import PRIORITY_CLASSES, PlanIndex
from planner.scheduling.task_states import TaskState

_UNSTARTED = frozenset({TaskState.BLOCKED.code, TaskState.READY.code})
_NEVER = float("inf")


class Turns:
    """The ready tasks of a run whose turn has not come, by rank in one heap for each priority class.

    `_fronts` are the ranks before which every task of the class has started or cannot start any more.
    """

    __slots__ = ("_begins", "_fronts", "_index", "held")

    def __init__(self, index: PlanIndex) -> None:
        self._index = index
        sizes = [index.priority_classes.count(priority) for priority in PRIORITY_CLASSES.values()]
        self._begins = [0, *accumulate(sizes)]
        self._fronts = self._begins[:-1]
        self.held: list[list[int]] = [[] for _ in PRIORITY_CLASSES]

    def hold(self, task: int) -> None:
        """Let a ready task wait for its turn."""
        heapq.heappush(self.held[self._index.priority_classes[task]], self._index.ranks[task])

    def holds(self, task: int) -> bool:
        """Tell whether a task waits for its turn."""
        return self._index.ranks[task] in self.held[self._index.priority_classes[task]]

    def take_out(self, task: int) -> None:
        """Take out a task that waits here."""
        ranks = self.held[self._index.priority_classes[task]]
        ranks.remove(self._index.ranks[task])
        heapq.heapify(ranks)

    def begin_again(self) -> None:
        """Look at all tasks once more, since one that had ended or was stuck may start again."""
        self._fronts = self._begins[:-1]

    def first_unstarted(self, status: bytearray, stuck: bytearray, priority: int) -> int | None:
        """Return the first task in the planned order that may still start, of this class and higher ones."""
        by_rank = self._index.by_rank
        starts = self._index.planned_starts
        found: int | None = None
        for above in range(priority + 1):
            rank, end = self._fronts[above], self._begins[above + 1]
            while rank < end and (status[by_rank[rank]] not in _UNSTARTED or stuck[by_rank[rank]]):
                rank += 1
            self._fronts[above] = rank
            if rank < end and (found is None or starts[by_rank[rank]] < starts[found]):
                found = by_rank[rank]
        return found

    def called_up(self, status: bytearray, stuck: bytearray, window: float | None) -> Iterator[int]:
        """Take out and return the tasks whose turn has come; without a window, all."""
        for priority, ranks in enumerate(self.held):
            if not ranks:
                continue
            latest = _NEVER
            if window is not None:
                first = self.first_unstarted(status, stuck, priority)
                latest = _NEVER if first is None else self._index.planned_starts[first] + window
            while ranks and self._index.planned_starts[self._index.by_rank[ranks[0]]] <= latest:
                yield self._index.by_rank[heapq.heappop(ranks)]
