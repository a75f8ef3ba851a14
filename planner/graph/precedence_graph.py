"""A directed graph of named tasks as plain tuples of numbers: small, fast and free of dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class UnknownTask(ValueError):
    """An edge names a task that the plan does not have."""


class DuplicateTask(ValueError):
    """Two tasks have the same id."""


@dataclass(frozen=True, slots=True)
class PrecedenceGraph:
    """Tasks are numbered in the order given; an edge u -> v says that v starts after u has ended."""

    ids: tuple[str, ...]
    successors: tuple[tuple[int, ...], ...]
    predecessors: tuple[tuple[int, ...], ...]

    @property
    def edge_count(self) -> int:
        """Return the number of different edges."""
        return sum(map(len, self.successors))

    def edges(self) -> list[tuple[str, str]]:
        """Return all edges by name, in the order of the tasks."""
        return [(self.ids[u], self.ids[v]) for u, after in enumerate(self.successors) for v in after]

    def names(self, numbers: Iterable[int]) -> list[str]:
        """Return the ids of these tasks, in the order given."""
        return [self.ids[number] for number in numbers]


def build_precedence_graph(ids: Sequence[str], edges: Iterable[tuple[str, str]]) -> PrecedenceGraph:
    """Number the tasks and collect their neighbours; an edge given twice counts once, a loop is kept.

    Raises:
        DuplicateTask: an id is given twice.
        UnknownTask: an edge starts or ends at a task that is not among the ids.
    """
    numbers: dict[str, int] = {}
    for number, name in enumerate(ids):
        if numbers.setdefault(name, number) != number:
            message = f"two tasks have the id {name}: give each task its own id"
            raise DuplicateTask(message)
    successors: list[set[int]] = [set() for _ in ids]
    predecessors: list[set[int]] = [set() for _ in ids]
    for before, after in edges:
        for name in (before, after):
            if name not in numbers:
                message = (
                    f"the dependency {before} -> {after} names the task {name}, which the plan "
                    f"does not have: add the task or remove the dependency"
                )
                raise UnknownTask(message)
        successors[numbers[before]].add(numbers[after])
        predecessors[numbers[after]].add(numbers[before])
    return PrecedenceGraph(
        ids=tuple(ids),
        successors=tuple(tuple(sorted(after)) for after in successors),
        predecessors=tuple(tuple(sorted(before)) for before in predecessors),
    )
