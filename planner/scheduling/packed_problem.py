"""A plan as the search for a good order reads it: all needs of a task in one number.

Each resource has a field of bits, and one guard bit above it. A field starts at the largest value of its bits
less the capacity, so that taking more than there is carries into the guard bit: one addition and one mask
tell whether a task fits, however many resources it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

from planner.scheduling.energy_bound import energy_bound
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex


@dataclass(frozen=True, slots=True)
class PackedProblem:
    """What a schedule must respect, by task number; times are in the unit of the durations.

    `idle` is what is in use while nothing runs, `guards` the mask of the guard bits. `order` is topological,
    `reverse_order` the same from the end. `tails` are the times from a task's start to the end of the plan on
    the longest path. No schedule is shorter than `bound`.
    """

    durations: tuple[float, ...]
    predecessors: tuple[tuple[int, ...], ...]
    successors: tuple[tuple[int, ...], ...]
    needs: tuple[int, ...]
    idle: int
    guards: int
    order: tuple[int, ...]
    reverse_order: tuple[int, ...]
    tails: tuple[float, ...]
    bound: float


def pack_problem(index: PlanIndex, limits: Limits) -> PackedProblem:
    """Return the plan under these limits; priority classes, waves and failures play no part in it."""
    tasks = range(len(index.ids))
    order = tuple(sorted(tasks, key=index.topological_places.__getitem__))
    needs = [[0] * len(index.ids) for _ in index.capacities]
    for task, need in enumerate(index.demands):
        for resource, units in need:
            needs[resource][task] = units
    capacities = list(index.capacities)
    if limits.max_concurrent < len(index.ids):
        needs.append([int(hours > 0) for hours in index.durations])
        capacities.append(limits.max_concurrent)
    packed, idle, guards = _packed(needs, capacities, len(index.ids))
    return PackedProblem(
        durations=index.durations,
        predecessors=index.predecessors,
        successors=index.successors,
        needs=tuple(packed),
        idle=idle,
        guards=guards,
        order=order,
        reverse_order=order[::-1],
        tails=index.tails,
        bound=energy_bound(index, order, list(zip(needs, capacities, strict=True))),
    )


def _packed(
    needs: Sequence[Sequence[int]], capacities: Sequence[int], tasks: int
) -> tuple[list[int], int, int]:
    """Return the needs of each task, the number that stands for nothing in use, and the guard bits."""
    packed = [0] * tasks
    idle = guards = shift = 0
    for row, capacity in zip(needs, capacities, strict=True):
        # Hundredths of a core and megabytes are often round: short numbers are quicker than long ones.
        divisor = gcd(*row) or 1
        units = capacity // divisor
        bits = units.bit_length()
        idle |= ((1 << bits) - 1 - units) << shift
        guards |= 1 << (shift + bits)
        for task, need in enumerate(row):
            packed[task] |= (need // divisor) << shift
        shift += bits + 1
    return packed, idle, guards
