"""Mix two schedules in time: one gives the order outside of a stretch of time, the other inside it."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from planner.scheduling.packed_problem import PackedProblem


def crossed_at(
    problem: PackedProblem, first: Sequence[float], second: Sequence[float], cut: float
) -> list[int]:
    """Return the tasks that start before the cut in the order of one schedule, then the rest in the other's.

    Args:
        problem: the plan.
        first: starts of a schedule by task number.
        second: starts of another schedule.
        cut: a time of the first one.
    """
    later = _beyond(problem)
    keys = [start if start < cut else later + other for start, other in zip(first, second, strict=True)]
    return sorted(problem.order, key=keys.__getitem__)


def crossed_within(
    problem: PackedProblem, first: Sequence[float], second: Sequence[float], begin: float, end: float
) -> list[int]:
    """Return the order of the first schedule, but what starts from `begin` to `end` in the second's."""
    later = _beyond(problem)
    keys = [
        start if start < begin else 2 * later + start if start >= end else later + other
        for start, other in zip(first, second, strict=True)
    ]
    return sorted(problem.order, key=keys.__getitem__)


def order_by(problem: PackedProblem, keys: Sequence[float]) -> list[int]:
    """Return the tasks by any keys, least first, but none before one that it waits for."""
    waiting = [len(before) for before in problem.predecessors]
    possible = [(keys[task], task) for task, count in enumerate(waiting) if not count]
    heapq.heapify(possible)
    order: list[int] = []
    while possible:
        task = heapq.heappop(possible)[1]
        order.append(task)
        for successor in problem.successors[task]:
            waiting[successor] -= 1
            if not waiting[successor]:
                heapq.heappush(possible, (keys[successor], successor))
    return order


def _beyond(problem: PackedProblem) -> float:
    """Return a time after every start of a schedule that leaves no time idle."""
    return sum(problem.durations) + 1
