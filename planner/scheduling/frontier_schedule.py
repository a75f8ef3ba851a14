"""Start tasks as time goes on, whatever is ready and fits, by given priorities: the search's quick frontier.

`simulate` is what forecasts and executes. This one knows no classes, waves or failures; it serves the search,
which makes a thousand schedules for one plan.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right, insort
from collections.abc import Callable, Sequence

from planner.scheduling.packed_problem import PackedProblem
from planner.scheduling.serial_schedule import Placed


def frontier_schedule(problem: PackedProblem, priorities: Sequence[float]) -> Placed:
    """Return the schedule in which of all that is ready and fits the least priority starts first."""

    def pick(ready: list[tuple[float, int]], in_use: int) -> int | None:
        for place, (_, task) in enumerate(ready):
            if not in_use + problem.needs[task] & problem.guards:
                del ready[place]
                return task
        return None

    return _play(problem, priorities, pick)


def sampled_frontier(
    problem: PackedProblem, priorities: Sequence[float], draw: Callable[[], float], least: float
) -> Placed:
    """Return a schedule in which the next task is drawn among those that fit, better ones more often.

    The chance of a task grows with its regret: how much worse the worst of those that fit is.

    Args:
        problem: the plan.
        priorities: by task number; the least is best.
        draw: gives numbers between 0 and 1.
        least: added to every regret, so that the worst may be drawn too; above 0.
    """

    def pick(ready: list[tuple[float, int]], in_use: int) -> int | None:
        fitting = [
            place
            for place, (_, task) in enumerate(ready)
            if not in_use + problem.needs[task] & problem.guards
        ]
        if not fitting:
            return None
        if len(fitting) == 1:
            return ready.pop(fitting[0])[1]
        worst = ready[fitting[-1]][0] + least
        sums: list[float] = []
        total = 0.0
        for place in fitting:
            total += worst - ready[place][0]
            sums.append(total)
        chosen = min(bisect_right(sums, draw() * total), len(fitting) - 1)
        return ready.pop(fitting[chosen])[1]

    return _play(problem, priorities, pick)


def _play(
    problem: PackedProblem,
    priorities: Sequence[float],
    pick: Callable[[list[tuple[float, int]], int], int | None],
) -> Placed:
    """Go from end to end; `pick` takes a task that fits out of the ready ones, which are sorted."""
    waiting = [len(before) for before in problem.predecessors]
    ready = sorted((priorities[task], task) for task in problem.order if not waiting[task])
    starts = [0.0] * len(waiting)
    finishes = [0.0] * len(waiting)
    running: list[tuple[float, int]] = []
    in_use, now = problem.idle, 0.0
    while ready or running:
        while (task := pick(ready, in_use)) is not None:
            in_use += problem.needs[task]
            starts[task] = now
            finishes[task] = now + problem.durations[task]
            heapq.heappush(running, (finishes[task], task))
        now = running[0][0]
        while running and running[0][0] <= now:
            done = heapq.heappop(running)[1]
            in_use -= problem.needs[done]
            for successor in problem.successors[done]:
                waiting[successor] -= 1
                if not waiting[successor]:
                    insort(ready, (priorities[successor], successor))
    return Placed(starts, finishes)
