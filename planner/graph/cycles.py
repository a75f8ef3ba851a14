"""Find one cycle: tasks that wait for each other, so that none can ever start."""

from __future__ import annotations

from planner.graph.precedence_graph import PrecedenceGraph


class CycleFound(ValueError):
    """The dependencies form a cycle; `cycle` holds its tasks in the order of the edges."""

    def __init__(self, cycle: list[str]) -> None:
        """Name the tasks of the cycle."""
        self.cycle = tuple(cycle)
        path = " -> ".join((*self.cycle, *self.cycle[:1]))
        super().__init__(f"these tasks wait for each other: {path}: remove one of these dependencies")


def find_cycle(graph: PrecedenceGraph) -> list[str]:
    """Return the ids of one cycle, starting at its least id, or an empty list if there is none.

    The last task of the list has an edge to the first. Runs in time proportional to tasks and edges.
    """
    closing = _follow_edges(graph)
    if not closing:
        return []
    names = graph.names(closing)
    start = names.index(min(names))
    return names[start:] + names[:start]


def _follow_edges(graph: PrecedenceGraph) -> list[int]:
    """Search depth first, without recursion: plans may be deeper than Python's stack."""
    unseen, on_path, done = 0, 1, 2
    colour = bytearray(len(graph.ids))
    for root in range(len(graph.ids)):
        if colour[root] != unseen:
            continue
        colour[root] = on_path
        path = [root]
        rest = [iter(graph.successors[root])]
        while path:
            for successor in rest[-1]:
                if colour[successor] == on_path:
                    return path[path.index(successor) :]
                if colour[successor] == unseen:
                    colour[successor] = on_path
                    path.append(successor)
                    rest.append(iter(graph.successors[successor]))
                    break
            else:
                colour[path.pop()] = done
                rest.pop()
    return []
