"""Free units and who waits for them in a plain run: what `ResourceLedger` is to a real one."""

from __future__ import annotations

from planner.scheduling.plain_overtaking import PlainOvertaking
from planner.scheduling.plan_index import PlanIndex

_NOBODY = -1


class PlainUnits:
    """What is free of each resource, and which groups were refused it.

    Of the groups that were overtaken too often the first is the `holder`, for which units are kept together.
    `freed` are the resources of which there is more since they were last looked at.
    """

    def __init__(self, index: PlanIndex, most: int, *, is_simple: bool) -> None:
        groups, resources = len(index.group_needs), len(index.capacities)
        self._demands = index.demands
        self._needs = index.group_needs
        self._free = list(index.capacities)
        self._kept = [0] * resources
        self._behind: list[set[int]] = [set() for _ in range(resources)]
        self._refused_by = [_NOBODY] * groups
        self._lacks = [0] * groups
        self._overtaking = PlainOvertaking(index, most, is_simple=is_simple)
        self.overdue = self._overtaking.overdue
        self.holder = _NOBODY
        self.freed: set[int] = set()

    def release(self, task: int) -> None:
        """Give the units of a task back."""
        for resource, units in self._demands[task]:
            self._free[resource] += units
            self.freed.add(resource)

    def groups_with_room_again(self) -> list[int]:
        """Return the groups for which there may be enough of the resource that they were refused."""
        found: list[int] = []
        for resource in self.freed:
            if behind := self._behind[resource]:
                room = self._free[resource] - self._kept[resource]
                for group in behind:
                    if room >= self._lacks[group]:
                        found.append(group)  # noqa: PERF401 - the innermost loop: no closure over `room`
        self.freed.clear()
        return found

    def seat_holder(self) -> int:
        """Return the first overdue group; from now on units are kept for it."""
        if self.holder != self.overdue[0]:
            self.holder = self.overdue[0]
            if self._refused_by[self.holder] != _NOBODY:
                self._leave(self.holder)
        return self.holder

    def refuses(self, group: int) -> bool:
        """Tell whether a group must wait, and let it wait for the first resource that it cannot have."""
        free, kept, before = self._free, self._kept, self._refused_by[group]
        if before != _NOBODY:
            if free[before] - kept[before] < self._lacks[group]:
                return True
            self._leave(group)
        is_holder = group == self.holder
        for resource, units in self._needs[group]:
            if free[resource] - (0 if is_holder else kept[resource]) < units:
                if is_holder:
                    kept[resource] = units
                else:
                    self._refused_by[group] = resource
                    self._lacks[group] = units
                    self._behind[resource].add(group)
                    self._overtaking.refuse(group, resource)
                return True
        return False

    def _leave(self, group: int) -> None:
        resource = self._refused_by[group]
        self._overtaking.reconsider(group, resource)
        self._refused_by[group] = _NOBODY
        self._behind[resource].discard(group)

    def take(self, group: int) -> None:
        """Take the units for a task of this group, and count that against those whom it overtakes."""
        if self.overdue and group in self.overdue:
            self.overdue.remove(group)
            if group == self.holder:
                self._keep_no_more()
        for resource, units in self._needs[group]:
            self._free[resource] -= units
        self._overtaking.grant(group, self._refused_by)

    def _keep_no_more(self) -> None:
        for resource, _ in self._needs[self.holder]:
            if self._kept[resource]:
                self._kept[resource] = 0
                self.freed.add(resource)
        self.holder = _NOBODY
