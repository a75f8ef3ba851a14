"""Put tasks into a schedule one after the other, each as early as what is there already allows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from planner.scheduling.packed_problem import PackedProblem

_NEVER = float("inf")


class Placed(NamedTuple):
    """When each task starts and finishes, by task number."""

    starts: list[float]
    finishes: list[float]

    @property
    def makespan(self) -> float:
        """Return when the last task finishes."""
        return max(self.finishes, default=0.0)


def serial_schedule(problem: PackedProblem, order: Sequence[int], *, backward: bool = False) -> Placed:
    """Return the schedule of an order that names each task after all it waits for.

    What is in use is kept as a list of steps: `used[i]` from `times[i]` to `times[i + 1]`.

    Args:
        problem: the plan.
        order: the tasks in the order in which they choose their place.
        backward: turn the plan around: tasks wait for their successors, and times count from the end.
    """
    waits_for = problem.successors if backward else problem.predecessors
    durations, needs, guards = problem.durations, problem.needs, problem.guards
    times = [0.0, _NEVER]
    used = [problem.idle, problem.idle]
    starts = [0.0] * len(durations)
    finishes = [0.0] * len(durations)
    for task in order:
        start = max(map(finishes.__getitem__, waits_for[task]), default=0.0)
        duration = durations[task]
        if not duration:
            starts[task] = finishes[task] = start
            continue
        need = needs[task]
        first, last = _first_room(times, used, start, duration, need, guards)
        start = max(start, times[first])
        end = start + duration
        if times[first] < start:
            first += 1
            last += 1
            times.insert(first, start)
            used.insert(first, used[first - 1])
        if times[last] > end:
            times.insert(last, end)
            used.insert(last, used[last - 1])
        for step in range(first, last):
            used[step] += need
        starts[task] = start
        finishes[task] = end
    return Placed(starts, finishes)


def _first_room(
    times: Sequence[float], used: Sequence[int], start: float, duration: float, need: int, guards: int
) -> tuple[int, int]:
    """Return the step in which a task can start, and the step before which it ends."""
    first = bisect_right(times, start) - 1
    while True:
        if used[first] + need & guards:
            first += 1
            while used[first] + need & guards:
                first += 1
            start = times[first]
        end = start + duration
        last = first + 1
        while times[last] < end and not used[last] + need & guards:
            last += 1
        if times[last] >= end:
            return first, last
        first = last
