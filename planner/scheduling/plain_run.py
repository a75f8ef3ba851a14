"""Play a plan through in a fraction of the time, when nothing fails and nobody changes anything.

A forecast simulates a plan a thousand times. What `decide` and `apply` do then is short: groups of ready
tasks, best rank first, whatever fits, and for a group that is overtaken too often what it lacks is kept
together (see `overtaking`). That is here for the plans in which only one group at a time can be so preferred:
those of one priority class and without waves. In others, when it comes to that, this gives up, and `simulate`
lets the scheduler itself answer. Tests hold that the answers are the same.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import NamedTuple

from planner.scheduling.limits import Limits
from planner.scheduling.plain_gates import Gate, gate_of
from planner.scheduling.plain_ready import NotSoSimple, PlainReady
from planner.scheduling.plain_units import PlainUnits
from planner.scheduling.plan_index import PlanIndex

_FIRST_OF_ALL = -1


class PlainSchedule(NamedTuple):
    """When each task starts and finishes, by task number, and in which order they start."""

    starts: list[float]
    finishes: list[float]
    order: list[int]


def plain_schedule(index: PlanIndex, durations: Sequence[float], limits: Limits) -> PlainSchedule | None:
    """Return what happens, or `None` if it takes the whole scheduler to tell."""
    gate = gate_of(index, limits)
    if gate is None:
        return None
    try:
        return _play(index, durations, limits, gate)
    except NotSoSimple:
        return None


def _play(index: PlanIndex, durations: Sequence[float], limits: Limits, gate: Gate) -> PlainSchedule:
    groups = _Groups(index, limits)
    starts, finishes = [0.0] * len(durations), [0.0] * len(durations)
    order: list[int] = []
    running: list[tuple[float, int]] = []
    waiting = [len(before) for before in index.predecessors]
    for task in index.by_rank:
        if not waiting[task]:
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
            ready = []
            for successor in index.successors[task]:
                waiting[successor] -= 1
                if not waiting[successor]:
                    ready.append(successor)
            ready.sort(key=index.ranks.__getitem__)
            for successor in ready:
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
    """

    def __init__(self, index: PlanIndex, limits: Limits) -> None:
        in_waves = limits.model == "wave_based"
        is_simple = not in_waves and len(set(index.group_classes)) <= 1
        self._index = index
        self._slots = limits.max_concurrent
        self._looks: list[tuple[int, int]] = []
        self._ready = PlainReady(index, limits.overtaking, is_simple=is_simple, in_waves=in_waves)
        self._units = PlainUnits(index, limits.overtaking, is_simple=is_simple)

    def push(self, tasks: Sequence[int]) -> None:
        """Let tasks queue up with their groups."""
        for task in tasks:
            rank, group = self._index.ranks[task], self._index.groups[task]
            if self._ready.add(group, rank):
                heapq.heappush(self._looks, (rank, group))

    def end(self, task: int) -> None:
        """Take back what a task holds."""
        self._slots += 1
        self._units.release(task)

    def start_what_fits(self) -> list[int]:
        """Start tasks, best first, until nothing fits or all slots are taken."""
        looks, ranks, units = self._looks, self._ready.ranks, self._units
        started: list[int] = []
        while True:
            for group in units.groups_with_room_again():
                heapq.heappush(looks, (ranks[group][0], group))
            if units.overdue:
                self._look_at_holder()
            while looks and self._slots:
                rank, group = heapq.heappop(looks)
                if group == units.holder:
                    if rank != _FIRST_OF_ALL:
                        continue
                elif not ranks[group] or ranks[group][0] != rank:
                    continue
                if not units.refuses(group):
                    started.append(self._start(group))
            if looks or not units.freed:
                return started

    def _look_at_holder(self) -> None:
        heapq.heappush(self._looks, (_FIRST_OF_ALL, self._units.seat_holder()))

    def _start(self, group: int) -> int:
        """Start the task of a group whose turn it is."""
        self._slots -= 1
        self._units.take(group)
        rank = self._ready.take(group)
        if self._ready.ranks[group]:
            heapq.heappush(self._looks, (self._ready.ranks[group][0], group))
        if self._units.overdue:
            self._look_at_holder()
        return self._index.by_rank[rank]
