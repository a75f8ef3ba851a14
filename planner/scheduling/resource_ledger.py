"""Which units of each resource are free, and which of those are kept together for a group that waits."""

from __future__ import annotations

from collections import deque

from planner.scheduling.plan_index import PRIORITY_CLASSES, PlanIndex


class ResourceLedger:
    """Units and reservations of one run.

    `freed` are the resources of which units became free since they were last looked at. `overdue` lists, for
    each priority class, the groups that were overtaken too often. The first of them is the class's holder;
    `kept` says which resources are set aside for which holders, and how many units, from the groups of the
    same and of lower classes.
    """

    __slots__ = ("_index", "free", "freed", "kept", "overdue")

    def __init__(self, index: PlanIndex) -> None:
        self._index = index
        self.free = list(index.capacities)
        self.freed: set[int] = set()
        self.kept: dict[int, dict[int, int]] = {}
        self.overdue: tuple[deque[int], ...] = tuple(deque() for _ in PRIORITY_CLASSES)

    def hold(self, task: int) -> None:
        """Take the units that a task needs."""
        for resource, units in self._index.demands[task]:
            self.free[resource] -= units

    def release(self, task: int) -> None:
        """Give the units of a task back."""
        for resource, units in self._index.demands[task]:
            self.free[resource] += units
            self.freed.add(resource)

    def held(self) -> dict[str, int]:
        """Return the units in use, by the name of the resource."""
        triples = zip(self._index.resource_names, self._index.capacities, self.free, strict=True)
        return {name: capacity - free for name, capacity, free in triples}

    def kept_for(self, resource: int, priority: int, asking: int = -1) -> list[tuple[int, int]]:
        """Return the holders that keep this resource from a group of this class, and how many units each."""
        return [
            (holder, units)
            for holder, units in self.kept.get(resource, {}).items()
            if holder != asking and self._index.group_classes[holder] <= priority
        ]

    def room(self, resource: int, priority: int, asking: int = -1) -> int:
        """Return the free units that a group of this class may take; negative when more is kept than free."""
        room = self.free[resource]
        if resource in self.kept:
            room -= sum(units for _, units in self.kept_for(resource, priority, asking))
        return room

    def lacking(self, group: int) -> int | None:
        """Return the first resource of which a task of this group cannot have enough, or None."""
        priority = self._index.group_classes[group]
        for resource, units in self._index.group_needs[group]:
            if self.free[resource] < units or (
                resource in self.kept and self.room(resource, priority, group) < units
            ):
                return resource
        return None

    def keep(self, holder: int, resource: int) -> None:
        """Keep what a holder needs of a resource together for it, as far as it is or becomes free."""
        self.kept.setdefault(resource, {})[holder] = dict(self._index.group_needs[holder])[resource]

    def keep_no_more(self, group: int) -> None:
        """End a group's reservations, or its wait for one."""
        overdue = self.overdue[self._index.group_classes[group]]
        if group not in overdue:
            return
        overdue.remove(group)
        for resource, _ in self._index.group_needs[group]:
            if self.kept.get(resource, {}).pop(group, None) is not None:
                # What was kept for it is there for others: have them looked at again.
                self.freed.add(resource)
                if not self.kept[resource]:
                    del self.kept[resource]
