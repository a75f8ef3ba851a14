"""The most tasks that could ever run side by side: the largest set in which none waits for another.

By Dilworth's theorem it is the least number of chains that cover all tasks, where a chain may jump over tasks
that another one covers. Every task is linked to at most one later task of its chain, and each link saves a
chain: the links are a maximum flow, in which every task may send one unit and take one, and any number may
pass through.
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.graph.precedence_graph import PrecedenceGraph
from planner.graph.topological_order import topological_order

_UNSEEN = -2
_SOURCE = -1


def exact_width(graph: PrecedenceGraph) -> int:
    """Return the width of an acyclic graph (10,000 tasks: less than a tenth of a second).

    Raises:
        CycleFound: the graph has a cycle.
    """
    links = _Links(graph)
    links.link_neighbours(topological_order(graph))
    while links.lengthen_chains():
        pass
    return len(links.may_send) - links.count


class _Links:
    """The flow: who has sent and taken his unit, and how much goes along each edge and through each task.

    In the search a task has two places: `u` where it sends, and `u + n` where it takes or lets through.
    """

    def __init__(self, graph: PrecedenceGraph) -> None:
        tasks = len(graph.ids)
        self._successors = graph.successors
        self._predecessors = graph.predecessors
        self.may_send = bytearray(b"\1") * tasks
        self._may_take = bytearray(b"\1") * tasks
        self._along: list[dict[int, int]] = [{} for _ in range(tasks)]
        self._through = [0] * tasks
        self.count = 0

    def link_neighbours(self, order: Sequence[int]) -> None:
        """Begin with links along single edges; who has fewest to choose from chooses first."""
        for task in sorted(order, key=lambda task: len(self._predecessors[task])):
            free = [before for before in self._predecessors[task] if self.may_send[before]]
            if free:
                best = min(free, key=lambda before: len(self._successors[before]))
                self.may_send[best] = self._may_take[task] = 0
                self._along[task][best] = 1
                self.count += 1

    def lengthen_chains(self) -> int:
        """Find as many further units as one look at each place allows; return how many."""
        tasks = len(self.may_send)
        came_from = [_UNSEEN] * (2 * tasks)
        before = self.count
        for task in range(tasks):
            if self.may_send[task] and came_from[task] == _UNSEEN:
                end = self._search(task, came_from)
                if end >= 0:
                    self._send(task, end, came_from)
        return self.count - before

    def _search(self, start: int, came_from: list[int]) -> int:
        """Return a task that can take the unit of this one, or -1."""
        tasks = len(self.may_send)
        came_from[start] = _SOURCE
        rest = [start]
        while rest:
            place = rest.pop()
            if place < tasks:
                for successor in self._successors[place]:
                    if came_from[successor + tasks] == _UNSEEN:
                        came_from[successor + tasks] = place
                        if self._may_take[successor]:
                            return successor
                        rest.append(successor + tasks)
                if self._through[place] and came_from[place + tasks] == _UNSEEN:
                    came_from[place + tasks] = place
                    rest.append(place + tasks)
                continue
            task = place - tasks
            for sender in self._along[task]:
                if came_from[sender] == _UNSEEN:
                    came_from[sender] = place
                    rest.append(sender)
            if came_from[task] == _UNSEEN:
                came_from[task] = place
                rest.append(task)
        return -1

    def _send(self, start: int, end: int, came_from: list[int]) -> None:
        """Send the unit along the way that was found; against a flow, it takes that back."""
        tasks = len(self.may_send)
        self.may_send[start] = self._may_take[end] = 0
        self.count += 1
        place = end + tasks
        while (before := came_from[place]) != _SOURCE:
            task, other = place % tasks, before % tasks
            if task == other:
                self._through[task] += 1 if before >= tasks else -1
            elif place >= tasks:
                self._along[task][other] = self._along[task].get(other, 0) + 1
            else:
                left = self._along[other][task] - 1
                if left:
                    self._along[other][task] = left
                else:
                    del self._along[other][task]
            place = before
