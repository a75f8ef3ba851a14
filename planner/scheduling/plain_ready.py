"""The ready tasks of each group in a plain run: what `ReadyTasks` is to a real one."""

from __future__ import annotations

import heapq
from collections import deque

from planner.scheduling.plan_index import PlanIndex


class NotSoSimple(Exception):
    """A group or its oldest task would be preferred in a plan with several classes, or in waves."""


class PlainReady:
    """The ranks of the ready tasks of each group, with their order of arrival beside it."""

    def __init__(self, index: PlanIndex, most: int, *, is_simple: bool, in_waves: bool) -> None:
        groups = len(index.group_needs)
        self._is_simple = is_simple
        self._in_waves = in_waves
        self._most = most
        self.ranks: list[list[int]] = [[] for _ in range(groups)]
        self._arrivals: list[deque[int]] = [deque() for _ in range(groups)]
        self._served = [0] * groups
        self._gone = bytearray(len(index.ids))

    def add(self, group: int, rank: int) -> bool:
        """Let a task wait; tell whether it is the best of its group."""
        self._arrivals[group].append(rank)
        heapq.heappush(self.ranks[group], rank)
        return self.ranks[group][0] == rank

    def take(self, group: int) -> int:
        """Take out the best task, but every so many turns the one that has waited longest."""
        ranks, arrivals, gone = self.ranks[group], self._arrivals[group], self._gone
        rank = ranks[0]
        if not self._is_simple and self._served[group] >= self._most - 1:
            raise NotSoSimple
        if self._served[group] % self._most == self._most - 1:
            while gone[arrivals[0]]:
                arrivals.popleft()
            rank = arrivals[0]
        gone[rank] = 1
        while ranks and gone[ranks[0]]:
            heapq.heappop(ranks)
        self._served[group] += 1
        if not ranks:
            # Tasks of later waves, which are not here, would keep the scheduler from counting anew.
            self._served[group] *= self._in_waves
            arrivals.clear()
        return rank
