"""The time below which no order of the tasks can get."""

from __future__ import annotations

from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex


def lower_bound(index: PlanIndex, limits: Limits) -> float:
    """Return hours that no schedule with the expected durations undercuts; it may not be reachable.

    The largest of: the longest path, the work of each resource spread over its units, and all work spread
    over the slots.
    """
    work = [0.0] * len(index.capacities)
    for need, hours in zip(index.demands, index.durations, strict=True):
        for resource, units in need:
            work[resource] += units * hours
    spread = (used / capacity for used, capacity in zip(work, index.capacities, strict=True) if used)
    return max(*index.tails, *spread, sum(index.durations) / limits.max_concurrent, 0.0)
