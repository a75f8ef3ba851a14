"""All ready tasks of a run, in groups, each group at one place.

A group that was refused is not looked at again before units of that very resource become free, and then only
if they are enough: this keeps a decision at O(log n) however many tasks wait for one busy resource.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.scheduling.group_places import FRONT, GroupPlaces, Place
from planner.scheduling.overtaking import NOT_REFUSED, Overtaking
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.ready_tasks import ReadyTasks
from planner.scheduling.resource_ledger import ResourceLedger


class ReadyQueue:
    """Keeps tasks, places and accounts of overtaking in step."""

    __slots__ = ("_groups", "_ledger", "_ranks", "overtaking", "places", "tasks")

    def __init__(self, index: PlanIndex, ledger: ResourceLedger) -> None:
        self._groups = index.groups
        self._ranks = index.ranks
        self._ledger = ledger
        self.tasks = ReadyTasks(index)
        self.places = GroupPlaces(index, self.tasks, ledger)
        self.overtaking = Overtaking(index, ledger)

    def push(self, task: int) -> None:
        """Let a task wait with its group, wherever that stands; a new group stands at the front."""
        group = self._groups[task]
        known = self.tasks.counts[group]
        self.tasks.add(task)
        if not known:
            self.places.put(group, FRONT)
        elif self.tasks.best_rank(group) == self._ranks[task]:
            self.places.put_again(group)

    def remove(self, task: int) -> None:
        """Take a task out; a group without tasks loses its place and what was kept for it."""
        group = self._groups[task]
        self.tasks.remove(task)
        if not self.tasks.counts[group]:
            self.leave(group)
            self.overtaking.settle(group)

    def withhold(self, task: int) -> None:
        """Take a task out whose group was taken off its place; the rest of the group goes to the front."""
        group = self._groups[task]
        self.remove(task)
        if self.tasks.counts[group]:
            self.leave(group)
            self.places.put(group, FRONT)

    def start(self, task: int, overtaking: int) -> None:
        """Take out a task that starts, count whom it overtakes, and put the rest of its group in front."""
        group = self._groups[task]
        self.overtaking.start(group, overtaking)
        self.tasks.served[group] += 1
        self.tasks.remove(task)
        if self.tasks.counts[group]:
            self.places.put(group, FRONT)

    def park(self, group: int, resource: int) -> None:
        """Let a group wait until enough units of this resource are free; for a holder they are kept."""
        if self.places.is_holder(group):
            self._ledger.keep(group, resource)
            self.places.put_again(group)
            return
        self.overtaking.refuse(group, resource)
        self.places.put_behind(group, resource)

    def leave(self, group: int) -> None:
        """Take a group away from the resource it was refused, if it was."""
        if self.overtaking.refused_by[group] != NOT_REFUSED:
            self.overtaking.reconsider(group)

    def seat_holders(self) -> Iterator[Place]:
        """Give the first overdue group of each class the place of a holder; return these places."""
        for overdue in self._ledger.overdue:
            if overdue:
                holder = overdue[0]
                if not self.places.is_holder(holder):
                    self.leave(holder)
                    self.places.put_holder(holder)
                yield self.places.place_of(holder)

    def places_to_look(self) -> Iterator[Place]:
        """Return the places where a task may be able to start since the last decision."""
        yield FRONT
        yield from self.seat_holders()
        for resource in self._ledger.freed:
            # A copy, since places that turn out to be empty leave the set meanwhile.
            yield from filter(self.places.may_have_room, tuple(self.places.behind[resource]))
