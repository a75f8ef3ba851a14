"""Check a schedule from scratch, sharing nothing with the code that made it: each may doubt the other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from planner.scheduling.barrier import Barrier
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule

TOLERANCE = 1e-9


def check(
    index: PlanIndex, schedule: Schedule, limits: Limits, durations: Sequence[float] | None = None
) -> tuple[str, ...]:
    """Return every violation in words, none for a schedule that holds.

    Checked are completeness, that each task takes its time without a break, the makespan, the order of
    starts, precedence, the capacity of each resource and the number of tasks at every instant, and for
    `wave_based` the barrier between waves, for a plan with an order its window. A task occupies
    [start, finish).

    Args:
        index: the plan.
        schedule: what to check.
        limits: what the schedule must keep to.
        durations: the time each task takes, by task number; the expected ones by default.
    """
    if not len(index.ids) == len(schedule.starts) == len(schedule.finishes):
        return (
            f"{len(schedule.starts)} starts and {len(schedule.finishes)} finishes are given "
            f"for {len(index.ids)} tasks",
        )
    return (
        *_incomplete(index, schedule),
        *_mistimed(index, schedule, index.durations if durations is None else durations),
        *_too_early(index, schedule),
        *_too_much(index, schedule, limits),
        *(_over_the_barrier(index, schedule, limits) if limits.model == "wave_based" else ()),
        *(_out_of_turn(index, schedule, limits) if limits.model == "rolling_frontier" else ()),
    )


def _incomplete(index: PlanIndex, schedule: Schedule) -> Iterator[str]:
    if sorted(schedule.order) != list(range(len(index.ids))):
        yield "the order of starts does not name every task once"
        return
    for before, after in pairwise(schedule.order):
        if schedule.starts[after] < schedule.starts[before] - TOLERANCE:
            yield f"{index.ids[after]} starts before {index.ids[before]}, but stands after it in the order"


def _mistimed(index: PlanIndex, schedule: Schedule, durations: Sequence[float]) -> Iterator[str]:
    for task, (start, finish) in enumerate(zip(schedule.starts, schedule.finishes, strict=True)):
        # Written so that a time that is not a number is found too.
        if not 0 <= start <= finish < math.inf:
            yield f"{index.ids[task]} is to run from {start:g} to {finish:g}, which is no stretch of time"
        elif abs(finish - start - durations[task]) > TOLERANCE * max(1.0, finish):
            yield f"{index.ids[task]} takes {durations[task]:g}, but runs from {start:g} to {finish:g}"
    latest = max(schedule.finishes, default=0.0)
    if not abs(schedule.makespan - latest) <= TOLERANCE:
        yield f"the makespan is {schedule.makespan:g}, but the last task ends at {latest:g}"


def _too_early(index: PlanIndex, schedule: Schedule) -> Iterator[str]:
    for task, before in enumerate(index.predecessors):
        for other in before:
            if schedule.starts[task] < schedule.finishes[other] - TOLERANCE:
                yield (
                    f"{index.ids[task]} starts at {schedule.starts[task]:g}, "
                    f"but {index.ids[other]}, which it depends on, ends at {schedule.finishes[other]:g}"
                )


def _too_much(index: PlanIndex, schedule: Schedule, limits: Limits) -> Iterator[str]:
    """Sweep over starts and ends; an end comes before a start at the same instant, but for rounding."""
    moments: list[tuple[float, int, int]] = []
    for task, (start, finish) in enumerate(zip(schedule.starts, schedule.finishes, strict=True)):
        if finish > start + TOLERANCE:
            moments += [(start, 1, task), (finish - TOLERANCE, -1, task)]
    used = dict.fromkeys(range(len(index.capacities)), 0)
    running = 0
    for moment, sign, task in sorted(moments):
        running += sign
        for resource, units in index.demands[task]:
            used[resource] += sign * units
            if sign > 0 and used[resource] > index.capacities[resource]:
                yield (
                    f"at {moment:g} {used[resource]} of {index.capacities[resource]} "
                    f"{index.resource_names[resource]} are used, with the start of {index.ids[task]}"
                )
        if sign > 0 and running > limits.max_concurrent:
            yield f"at {moment:g} {running} of {limits.max_concurrent} tasks run, with {index.ids[task]}"


def _over_the_barrier(index: PlanIndex, schedule: Schedule, limits: Limits) -> Iterator[str]:
    members: dict[int, list[int]] = {}
    for task, wave in enumerate(index.waves):
        members.setdefault(wave, []).append(task)
    opens = 0.0
    for wave in sorted(members):
        for task in members[wave]:
            if schedule.starts[task] < opens - TOLERANCE:
                yield (
                    f"{index.ids[task]} of wave {wave} starts at {schedule.starts[task]:g}, "
                    f"before the waves in front of it have ended at {opens:g}"
                )
        opens = max(opens, _end_of_wave(index, schedule, limits.barrier_of(wave), members[wave], opens))


def _end_of_wave(
    index: PlanIndex, schedule: Schedule, barrier: Barrier, members: Sequence[int], opened: float
) -> float:
    """Return when enough tasks of a wave have ended; after its timeout the optional ones count as ended."""
    needed = next(count for count in range(len(members) + 1) if count >= barrier.quorum * len(members) - 1e-9)
    required = sorted(schedule.finishes[task] for task in members if not index.optional[task])
    finishes = sorted(schedule.finishes[task] for task in members)
    by_quorum = finishes[needed - 1] if needed else 0.0
    if barrier.timeout is None:
        return by_quorum
    of_those = needed - (len(members) - len(required))
    return min(by_quorum, max(opened + barrier.timeout, required[of_those - 1] if of_those > 0 else 0.0))


def _out_of_turn(index: PlanIndex, schedule: Schedule, limits: Limits) -> Iterator[str]:
    """Go through the starts from the last one, knowing the first in the planned order of those to come."""
    if limits.window is None or not index.planned_starts or len(schedule.order) < len(index.ids):
        return
    first = [math.inf] * (1 + max(index.priority_classes, default=0))
    for task in reversed(schedule.order):
        planned, priority = index.planned_starts[task], index.priority_classes[task]
        first[priority] = min(first[priority], planned)
        due = min(first[: priority + 1])
        if planned > due + limits.window + TOLERANCE:
            yield (
                f"{index.ids[task]}, planned for {planned:g}, starts before a task planned for {due:g}: "
                f"more than {limits.window:g} before its turn"
            )
