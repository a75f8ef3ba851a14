"""Play a plan through: the very functions that execute it, with a heap of finishes in place of the world."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from planner.scheduling.apply_event import apply
from planner.scheduling.decide import decide
from planner.scheduling.events import TaskFinished, TimePassed
from planner.scheduling.limits import Limits
from planner.scheduling.plain_run import plain_schedule
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.run_state import RunState


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each task starts and finishes, in the unit of the durations, and in which order they start."""

    starts: tuple[float, ...]
    finishes: tuple[float, ...]
    makespan: float
    order: tuple[int, ...]


def simulate(index: PlanIndex, durations: Sequence[float], limits: Limits) -> Schedule:
    """Return what happens if every task takes exactly its duration and none fails.

    In plain cases a shorter way to the same answer is taken, see `plain_run`.

    Args:
        index: the plan.
        durations: the time each task takes, by task number; not negative.
        limits: the limits of the run, which do not change.
    """
    plain = plain_schedule(index, durations, limits)
    if plain is None:
        return full_simulation(index, durations, limits)
    starts, finishes, order = plain
    return Schedule(tuple(starts), tuple(finishes), max(finishes, default=0.0), tuple(order))


def full_simulation(index: PlanIndex, durations: Sequence[float], limits: Limits) -> Schedule:
    """Return the same, by the very functions that execute a plan."""
    state = RunState.new(index)
    starts = [0.0] * len(index.ids)
    finishes = [0.0] * len(index.ids)
    order: list[int] = []
    running: list[tuple[float, int]] = []
    now = 0.0
    decisions = decide(index, state, limits)
    while not decisions.finished:
        for task in decisions.starts:
            starts[task] = now
            finishes[task] = now + durations[task]
            heapq.heappush(running, (finishes[task], index.ranks[task]))
        order += decisions.starts
        timeout = decisions.next_timeout
        now = running[0][0] if timeout is None else min(running[0][0], timeout)
        apply(index, state, limits, TimePassed(now))
        # All that ends at this moment is heard before the next decision, as a run drains its inbox.
        while running and running[0][0] <= now:
            apply(index, state, limits, TaskFinished(index.by_rank[heapq.heappop(running)[1]]))
        decisions = decide(index, state, limits)
    return Schedule(tuple(starts), tuple(finishes), now, tuple(order))
