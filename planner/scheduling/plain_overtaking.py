"""Who was overtaken how often in a plain run: what `Overtaking` is to a real one."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from planner.scheduling.plain_ready import NotSoSimple
from planner.scheduling.plan_index import PlanIndex


class PlainOvertaking:
    """The accounts of all groups; `overdue` are those that came to the limit, in this order."""

    def __init__(self, index: PlanIndex, most: int, *, is_simple: bool) -> None:
        groups, resources = len(index.group_needs), len(index.capacities)
        self._needs = index.group_needs
        self._most = most
        self._is_simple = is_simple
        self._grants = [0] * resources
        self._refusals: list[list[tuple[int, int]]] = [[] for _ in range(resources)]
        self._passed = [0] * groups
        self._since = [0] * groups
        self.overdue: list[int] = []

    def refuse(self, group: int, resource: int) -> None:
        """Count from now on who overtakes a group."""
        since = self._since[group] = self._grants[resource] - self._passed[group]
        heapq.heappush(self._refusals[resource], (since, group))

    def reconsider(self, group: int, resource: int) -> None:
        """Let a group try again; what it has suffered stays on its account."""
        self._passed[group] = self._grants[resource] - self._since[group]

    def grant(self, group: int, refused_by: Sequence[int]) -> None:
        """Count a start of this group against all whom it overtakes, and clear its own account."""
        self._passed[group] = 0
        for resource, _ in self._needs[group]:
            self._grants[resource] += 1
            if self._refusals[resource]:
                self._find_overdue(resource, refused_by)

    def _find_overdue(self, resource: int, refused_by: Sequence[int]) -> None:
        refusals, latest = self._refusals[resource], self._grants[resource] - self._most
        while refusals:
            since, group = refusals[0]
            if refused_by[group] == resource and self._since[group] == since and group not in self.overdue:
                if since > latest:
                    return
                if not self._is_simple:
                    raise NotSoSimple
                self.overdue.append(group)
            heapq.heappop(refusals)
