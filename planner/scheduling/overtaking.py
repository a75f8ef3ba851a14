"""Who passes whom, and how often: the rule against starvation.

A group of ready tasks with the same class and needs is refused by the first resource of which it cannot have
enough. From then on every start that takes units of that resource has overtaken the group. After
`Limits.overtaking` of them the group is overdue. The first overdue group of a class becomes its holder: of
the resource that it lacks, units are kept together as they become free, and then of the next that it lacks,
until it fits (see `ResourceLedger`). Tasks that use none of those resources go on, and so does whatever fits
beside what is kept. One holder a class means that no two can wait for each other: for each resource it waits
at the longest for the tasks that hold it, unless higher classes take their right. Within a group, see
`ReadyTasks.next_task`.
"""

from __future__ import annotations

import heapq

from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.resource_ledger import ResourceLedger

NOT_REFUSED = -1


class Overtaking:
    """The accounts of all groups: `refused_by` which resource, `passed` how often up to the last refusal."""

    __slots__ = ("_grants", "_index", "_ledger", "_refusals", "_since", "passed", "refused_by")

    def __init__(self, index: PlanIndex, ledger: ResourceLedger) -> None:
        groups = len(index.group_needs)
        self._index = index
        self._ledger = ledger
        self._grants = [0] * len(index.capacities)
        self._since = [0] * groups
        self._refusals: list[list[tuple[int, int]]] = [[] for _ in index.capacities]
        self.refused_by = [NOT_REFUSED] * groups
        self.passed = [0] * groups

    def refuse(self, group: int, resource: int) -> None:
        """Remember for which resource a group waits, and count who overtakes it there."""
        self.refused_by[group] = resource
        self._since[group] = self._grants[resource] - self.passed[group]
        heapq.heappush(self._refusals[resource], (self._since[group], group))

    def reconsider(self, group: int) -> None:
        """Let a refused group try again; what it has suffered so far stays on its account."""
        self.passed[group] = self.times_passed(group)
        self.refused_by[group] = NOT_REFUSED

    def times_passed(self, group: int) -> int:
        """Return how often the group was overtaken since one of its tasks last started."""
        resource = self.refused_by[group]
        return self.passed[group] if resource == NOT_REFUSED else self._grants[resource] - self._since[group]

    def start(self, group: int, most: int) -> None:
        """Count the start of a task of this group against all groups that were refused its resources."""
        self.settle(group)
        need = self._index.group_needs[group]
        for resource, _ in need:
            self._grants[resource] += 1
        for resource, _ in need:
            self._find_overdue(resource, most)

    def settle(self, group: int) -> None:
        """Clear the account of a group that was served or has no task left."""
        self.passed[group] = 0
        self._ledger.keep_no_more(group)

    def _find_overdue(self, resource: int, most: int) -> None:
        refusals = self._refusals[resource]
        while refusals:
            since, group = refusals[0]
            overdue = self._ledger.overdue[self._index.group_classes[group]]
            valid = self.refused_by[group] == resource and self._since[group] == since
            if valid and group not in overdue:
                if self._grants[resource] - since < most:
                    return
                overdue.append(group)
            heapq.heappop(refusals)
