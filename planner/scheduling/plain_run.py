"""Play a plan through in a fraction of the time, as long as the rule against starvation has nothing to say.

A forecast simulates a plan a thousand times. What `decide` and `apply` do in a run in which nothing fails and
nobody is overtaken too often is short: groups of ready tasks, best rank first, whatever fits. That is here,
and it counts who is overtaken as they do. When somebody comes to his limit it gives up, and `simulate` lets
them answer instead. Tests hold that the answers are the same.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import NamedTuple

from planner.scheduling.limits import Limits
from planner.scheduling.plain_gates import Gate, gate_of
from planner.scheduling.plan_index import PlanIndex

_FRONT = -1


class PlainSchedule(NamedTuple):
    """When each task starts and finishes, by task number, and in which order they start."""

    starts: list[float]
    finishes: list[float]
    order: list[int]


class _OvertakenTooOften(Exception):
    """A group has come to the limit at which units would be kept for it, or its oldest task be preferred."""


def plain_schedule(index: PlanIndex, durations: Sequence[float], limits: Limits) -> PlainSchedule | None:
    """Return what happens, or `None` if it takes the whole scheduler to tell."""
    gate = gate_of(index, limits)
    if gate is None:
        return None
    try:
        return _play(index, durations, limits, gate)
    except _OvertakenTooOften:
        return None


def _play(index: PlanIndex, durations: Sequence[float], limits: Limits, gate: Gate) -> PlainSchedule:
    groups = _Groups(index, limits)
    starts, finishes = [0.0] * len(durations), [0.0] * len(durations)
    order: list[int] = []
    running: list[tuple[float, int]] = []
    waiting = [len(before) for before in index.predecessors]
    for task, count in enumerate(waiting):
        if not count:
            gate.ready(task)
    now = 0.0
    while True:
        for task in _starts(groups, gate):
            order.append(task)
            starts[task] = now
            finishes[task] = now + durations[task]
            heapq.heappush(running, (finishes[task], index.ranks[task]))
        if not running:
            return PlainSchedule(starts, finishes, order)
        now = running[0][0]
        while running and running[0][0] <= now:
            task = index.by_rank[heapq.heappop(running)[1]]
            groups.end(task)
            gate.ended(task)
            for successor in index.successors[task]:
                waiting[successor] -= 1
                if not waiting[successor]:
                    gate.ready(successor)


def _starts(groups: _Groups, gate: Gate) -> list[int]:
    """Return what starts now, in this order; each start may bring the turn of the next nearer."""
    started: list[int] = []
    groups.push(gate.called_up())
    while more := groups.start_what_fits():
        started += more
        for task in more:
            gate.started(task)
        called = gate.called_up()
        if not called:
            break
        groups.push(called)
    return started


class _Groups:
    """The groups of tasks that queue up, each at the front or behind the resource it was refused.

    `_looks` are groups to look at, by best rank; entries that no longer hold are dropped when they come up.
    The counts are those of `Overtaking` and `ReadyTasks`.
    """

    def __init__(self, index: PlanIndex, limits: Limits) -> None:
        groups, resources = len(index.group_needs), len(index.capacities)
        self._index = index
        self._most = limits.overtaking
        self._slots = limits.max_concurrent
        self._free = list(index.capacities)
        self._freed: set[int] = set()
        self._behind: list[set[int]] = [set() for _ in range(resources)]
        self._grants = [0] * resources
        self._ranks: list[list[int]] = [[] for _ in range(groups)]
        self._looks: list[tuple[int, int]] = []
        self._refused_by = [_FRONT] * groups
        self._lacks = [0] * groups
        self._passed = [0] * groups
        self._since = [0] * groups
        self._served = [0] * groups

    def push(self, tasks: Sequence[int]) -> None:
        """Let tasks queue up with their groups."""
        for task in tasks:
            rank, group = self._index.ranks[task], self._index.groups[task]
            ranks = self._ranks[group]
            heapq.heappush(ranks, rank)
            if ranks[0] == rank:
                heapq.heappush(self._looks, (rank, group))

    def end(self, task: int) -> None:
        """Take back what a task holds."""
        self._slots += 1
        for resource, units in self._index.demands[task]:
            self._free[resource] += units
            self._freed.add(resource)

    def start_what_fits(self) -> list[int]:
        """Start tasks, best first, until nothing fits or all slots are taken."""
        looks, free, refused_by = self._looks, self._free, self._refused_by
        for resource in self._freed:
            for group in self._behind[resource]:
                if self._free[resource] >= self._lacks[group]:
                    heapq.heappush(looks, (self._ranks[group][0], group))
        self._freed.clear()
        started: list[int] = []
        while looks and self._slots:
            rank, group = heapq.heappop(looks)
            ranks = self._ranks[group]
            if not ranks or ranks[0] != rank:
                continue
            resource = refused_by[group]
            if resource != _FRONT:
                if free[resource] < self._lacks[group]:
                    continue
                self._reconsider(group, resource)
            if not self._refused(group):
                started.append(self._start(group))
        return started

    def _refused(self, group: int) -> bool:
        """Let a group wait for the first resource of which it cannot have enough, if there is any."""
        for resource, units in self._index.group_needs[group]:
            if self._free[resource] < units:
                self._refused_by[group] = resource
                self._lacks[group] = units
                self._since[group] = self._grants[resource] - self._passed[group]
                self._behind[resource].add(group)
                return True
        return False

    def _reconsider(self, group: int, resource: int) -> None:
        self._passed[group] = self._grants[resource] - self._since[group]
        if self._passed[group] >= self._most:
            raise _OvertakenTooOften
        self._refused_by[group] = _FRONT
        self._behind[resource].discard(group)

    def _start(self, group: int) -> int:
        """Start the best task of a group."""
        ranks = self._ranks[group]
        if self._served[group] == self._most - 1 and len(ranks) > 1:
            raise _OvertakenTooOften
        rank = heapq.heappop(ranks)
        self._served[group] += 1
        self._passed[group] = 0
        self._slots -= 1
        for resource, units in self._index.group_needs[group]:
            self._free[resource] -= units
            self._grants[resource] += 1
        if ranks:
            heapq.heappush(self._looks, (ranks[0], group))
        else:
            self._served[group] = 0
        return self._index.by_rank[rank]
