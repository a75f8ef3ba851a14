"""Where each group of ready tasks waits, as heaps of (key, group), least key first.

Entries that no longer hold are put right when they are read, so that moving a group costs one push.
"""

from __future__ import annotations

import heapq
from itertools import accumulate

from planner.scheduling.plan_index import PRIORITY_CLASSES, PlanIndex
from planner.scheduling.ready_tasks import ReadyTasks
from planner.scheduling.resource_ledger import ResourceLedger

Place = tuple[int, int, int]  # (resource, priority class, units)

FRONT: Place = (-1, 0, 0)
_HOLDER = -2


class GroupPlaces:
    """A group stands at the front, as the holder of its class, or behind the resource that it was refused.

    Groups behind one resource stand apart by class and by the units they need of it, so that it takes one
    comparison to know that none of them fits.
    """

    __slots__ = ("_at", "_first_rank", "_heaps", "_index", "_ledger", "_listed", "_tasks", "behind")

    def __init__(self, index: PlanIndex, tasks: ReadyTasks, ledger: ResourceLedger) -> None:
        self._index = index
        self._tasks = tasks
        self._ledger = ledger
        self._at: list[Place] = [FRONT] * len(index.group_needs)
        self._heaps: dict[Place, list[tuple[int, int]]] = {FRONT: []}
        # The one entry of a group that counts: older ones are dropped when they come up, each once.
        self._listed: list[int] = [-1] * len(index.group_needs)
        self.behind: list[set[Place]] = [set() for _ in index.capacities]
        sizes = [index.priority_classes.count(priority) for priority in PRIORITY_CLASSES.values()]
        self._first_rank = [0, *accumulate(sizes)]

    def put(self, group: int, place: Place) -> None:
        """Give a group its place."""
        self._at[group] = place
        heap = self._heaps.get(place)
        if heap is None:
            heap = self._heaps[place] = []
            if place[0] >= 0:
                self.behind[place[0]].add(place)
        self._listed[group] = self._key(group)
        heapq.heappush(heap, (self._listed[group], group))

    def put_behind(self, group: int, resource: int) -> None:
        """Let a group stand behind a resource that it needs."""
        units = next(units for number, units in self._index.group_needs[group] if number == resource)
        self.put(group, (resource, self._index.group_classes[group], units))

    def put_again(self, group: int) -> None:
        """Let a group's place know that its best task has changed."""
        self.put(group, self._at[group])

    def put_holder(self, group: int) -> None:
        """Let a group stand before everything else of its class."""
        self.put(group, (_HOLDER, self._index.group_classes[group], 0))

    def is_holder(self, group: int) -> bool:
        """Tell whether a group stands as a holder."""
        return self._at[group][0] == _HOLDER

    def place_of(self, group: int) -> Place:
        """Return where a group stands."""
        return self._at[group]

    def first(self, place: Place) -> tuple[int, int] | None:
        """Return the key and number of the best group at a place."""
        heap = self._heaps.get(place)
        if heap is None:
            return None
        while heap:
            key, group = heap[0]
            if key == self._listed[group] and self._at[group] == place and self._tasks.counts[group]:
                current = self._key(group)
                if key == current:
                    return heap[0]
                self._listed[group] = current
                heapq.heapreplace(heap, (current, group))
            else:
                heapq.heappop(heap)
        if place[0] >= 0:
            # An empty place need not be visited each time that units of its resource become free.
            del self._heaps[place]
            self.behind[place[0]].discard(place)
        return None

    def pop(self, place: Place) -> int:
        """Take the group that `first` has just returned off its place; it must be put somewhere after."""
        return heapq.heappop(self._heaps[place])[1]

    def may_have_room(self, place: Place) -> bool:
        """Tell whether the groups at a place may find what they were refused."""
        resource, priority, units = place
        return resource < 0 or self._ledger.room(resource, priority) >= units

    def _key(self, group: int) -> int:
        if self._at[group][0] == _HOLDER:
            return 2 * self._first_rank[self._index.group_classes[group]]
        return 2 * self._tasks.best_rank(group) + 1
