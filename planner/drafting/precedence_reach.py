"""Which tasks already come one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from schemas.tasks import PRECEDENCE_TYPES, Dependency


class PrecedenceReach:
    """Answers whether tasks, by their places in the plan, are kept in an order by the dependencies."""

    def __init__(self, ids: Sequence[str], dependencies: Iterable[Dependency], min_confidence: float) -> None:
        places = {task: place for place, task in enumerate(ids)}
        self._later: defaultdict[int, set[int]] = defaultdict(set)
        for item in dependencies:
            is_edge = item.type in PRECEDENCE_TYPES and item.isHard and item.confidence >= min_confidence
            if is_edge:
                self._later[places[item.from_]].add(places[item.to])
        self._reached: dict[int, frozenset[int]] = {}

    def all_ordered(self, tasks: Sequence[int]) -> bool:
        """Return whether the dependencies put all these tasks into one line."""
        members = frozenset(tasks)
        followers = {task: len(self._after(task) & members) for task in tasks}
        line = sorted(tasks, key=lambda task: -followers[task])
        return all(second in self._after(first) for first, second in pairwise(line))

    def _after(self, task: int) -> frozenset[int]:
        if task not in self._reached:
            reached: set[int] = set()
            waiting = [task]
            while waiting:
                for later in self._later.get(waiting.pop(), ()):
                    if later not in reached:
                        reached.add(later)
                        waiting.append(later)
            self._reached[task] = frozenset(reached)
        return self._reached[task]
