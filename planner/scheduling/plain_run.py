"""Play a plan through in a fraction of the time, when nothing fails and nobody changes anything.

A forecast simulates a plan a thousand times. What `decide` and `apply` do then is short: groups of ready
tasks, best rank first, whatever fits, and for a group that is overtaken too often what it lacks is kept
together (see `overtaking`). That is here for the plans in which only one group at a time can be so preferred:
those of one priority class and without waves. In others, when it comes to that, this gives up, and `simulate`
lets the scheduler itself answer. Tests hold that the answers are the same.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from planner.scheduling.limits import Limits
from planner.scheduling.plain_gates import Gate, gate_of
from planner.scheduling.plan_index import PlanIndex

_FRONT = _HOLDER = _NOBODY = -1


class PlainSchedule(NamedTuple):
    """When each task starts and finishes, by task number, and in which order they start."""

    starts: list[float]
    finishes: list[float]
    order: list[int]


class _NotSoSimple(Exception):
    """A group or its oldest task would be preferred in a plan with several classes, or in waves."""


def plain_schedule(index: PlanIndex, durations: Sequence[float], limits: Limits) -> PlainSchedule | None:
    """Return what happens, or `None` if it takes the whole scheduler to tell."""
    gate = gate_of(index, limits)
    if gate is None:
        return None
    try:
        return _play(index, durations, limits, gate)
    except _NotSoSimple:
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
        groups, resources = len(index.group_needs), len(index.capacities)
        self._index = index
        self._slots = limits.max_concurrent
        self._free = list(index.capacities)
        self._freed: set[int] = set()
        self._behind: list[set[int]] = [set() for _ in range(resources)]
        self._looks: list[tuple[int, int]] = []
        self._refused_by = [_FRONT] * groups
        self._lacks = [0] * groups
        in_waves = limits.model == "wave_based"
        is_simple = not in_waves and len(set(index.group_classes)) <= 1
        self._ready = _Ready(index, limits.overtaking, is_simple=is_simple, in_waves=in_waves)
        self._rights = _Rights(index, limits.overtaking, is_simple=is_simple)

    def push(self, tasks: Sequence[int]) -> None:
        """Let tasks queue up with their groups."""
        for task in tasks:
            rank, group = self._index.ranks[task], self._index.groups[task]
            if self._ready.add(group, rank):
                heapq.heappush(self._looks, (rank, group))

    def end(self, task: int) -> None:
        """Take back what a task holds."""
        self._slots += 1
        for resource, units in self._index.demands[task]:
            self._free[resource] += units
            self._freed.add(resource)

    def start_what_fits(self) -> list[int]:
        """Start tasks, best first, until nothing fits or all slots are taken."""
        looks, ranks, overdue = self._looks, self._ready.ranks, self._rights.overdue
        started: list[int] = []
        while True:
            self._look_behind_what_is_free()
            if overdue:
                self._look_at_holder()
            while looks and self._slots:
                rank, group = heapq.heappop(looks)
                if (rank == _HOLDER) != (group == self._rights.holder):
                    continue
                if rank != _HOLDER and (not ranks[group] or ranks[group][0] != rank):
                    continue
                if self._refused_by[group] != _FRONT and not self._may_try_again(group):
                    continue
                if not self._refused(group):
                    started.append(self._start(group))
                    if overdue:
                        self._look_at_holder()
            if looks or not self._freed:
                return started

    def _look_behind_what_is_free(self) -> None:
        ranks, lacks = self._ready.ranks, self._lacks
        for resource in self._freed:
            if behind := self._behind[resource]:
                room = self._free[resource] - self._rights.kept[resource]
                for group in behind:
                    if room >= lacks[group]:
                        heapq.heappush(self._looks, (ranks[group][0], group))
        self._freed.clear()

    def _look_at_holder(self) -> None:
        """Let the first group that was overtaken too often go before all others."""
        holder = self._rights.overdue[0]
        if holder != self._rights.holder:
            self._rights.holder = holder
            if self._refused_by[holder] != _FRONT:
                self._leave(holder)
        heapq.heappush(self._looks, (_HOLDER, holder))

    def _may_try_again(self, group: int) -> bool:
        resource = self._refused_by[group]
        if self._free[resource] - self._rights.kept[resource] < self._lacks[group]:
            return False
        self._leave(group)
        return True

    def _leave(self, group: int) -> None:
        resource = self._refused_by[group]
        self._rights.reconsider(group, resource)
        self._refused_by[group] = _FRONT
        self._behind[resource].discard(group)

    def _refused(self, group: int) -> bool:
        """Let a group wait for the first resource of which it cannot have enough, if there is any."""
        kept, is_holder = self._rights.kept, group == self._rights.holder
        for resource, units in self._index.group_needs[group]:
            if self._free[resource] - (0 if is_holder else kept[resource]) < units:
                if is_holder:
                    kept[resource] = units
                else:
                    self._refused_by[group] = resource
                    self._lacks[group] = units
                    self._behind[resource].add(group)
                    self._rights.refuse(group, resource)
                return True
        return False

    def _start(self, group: int) -> int:
        """Start the task of a group whose turn it is."""
        self._slots -= 1
        for resource, units in self._index.group_needs[group]:
            self._free[resource] -= units
        self._freed |= self._rights.start(group, self._refused_by)
        rank = self._ready.take(group)
        if self._ready.ranks[group]:
            heapq.heappush(self._looks, (self._ready.ranks[group][0], group))
        return self._index.by_rank[rank]


class _Ready:
    """The ranks of the ready tasks of each group, as `ReadyTasks` keeps them."""

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
            raise _NotSoSimple
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


class _Rights:
    """Who was overtaken how often, and what is kept for whom: as `Overtaking` and `ResourceLedger` count."""

    def __init__(self, index: PlanIndex, most: int, *, is_simple: bool) -> None:
        groups, resources = len(index.group_needs), len(index.capacities)
        self._index = index
        self._most = most
        self._is_simple = is_simple
        self._grants = [0] * resources
        self._refusals: list[list[tuple[int, int]]] = [[] for _ in range(resources)]
        self._passed = [0] * groups
        self._since = [0] * groups
        self.overdue: list[int] = []
        self.holder = _NOBODY
        self.kept = [0] * resources

    def refuse(self, group: int, resource: int) -> None:
        """Count from now on who overtakes a group."""
        self._since[group] = self._grants[resource] - self._passed[group]
        heapq.heappush(self._refusals[resource], (self._since[group], group))

    def reconsider(self, group: int, resource: int) -> None:
        """Let a group try again; what it has suffered stays on its account."""
        self._passed[group] = self._grants[resource] - self._since[group]

    def start(self, group: int, refused_by: Sequence[int]) -> set[int]:
        """Count a start against those whom it overtakes; return the resources that are no longer kept."""
        need = self._index.group_needs[group]
        self._passed[group] = 0
        freed: set[int] = set()
        if self.overdue and group in self.overdue:
            self.overdue.remove(group)
            if group == self.holder:
                self.holder = _NOBODY
                freed = {resource for resource, _ in need if self.kept[resource]}
                for resource in freed:
                    self.kept[resource] = 0
        for resource, _ in need:
            self._grants[resource] += 1
            if self._refusals[resource]:
                self._find_overdue(resource, refused_by)
        return freed

    def _find_overdue(self, resource: int, refused_by: Sequence[int]) -> None:
        refusals, latest = self._refusals[resource], self._grants[resource] - self._most
        while refusals:
            since, other = refusals[0]
            if refused_by[other] == resource and self._since[other] == since and other not in self.overdue:
                if since > latest:
                    return
                if not self._is_simple:
                    raise _NotSoSimple
                self.overdue.append(other)
            heapq.heappop(refusals)
