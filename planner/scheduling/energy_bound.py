"""A time that no schedule undercuts, from the longest path and from the work of each resource."""

from __future__ import annotations

import math
from collections.abc import Sequence

from planner.scheduling.plan_index import PlanIndex


def energy_bound(
    index: PlanIndex, order: Sequence[int], resources: Sequence[tuple[Sequence[int], int]]
) -> float:
    """Return the largest of the longest path and of a bound for each resource.

    Of a set of tasks that use a resource, none starts before the earliest possible start among them, none
    ends later than the shortest rest behind them allows, and between the two all their work must fit. Every
    earliest start is tried with every rest.

    Args:
        index: the plan.
        order: its tasks in topological order.
        resources: the units that each task needs of a resource, and the units there are.
    """
    heads = [0.0] * len(index.ids)
    for task in order:
        end = heads[task] + index.durations[task]
        for successor in index.successors[task]:
            heads[successor] = max(heads[successor], end)
    whole = all(hours.is_integer() for hours in index.durations)
    bound = max(index.tails, default=0.0)
    for needs, capacity in resources:
        works = sorted(
            (
                (heads[task], index.tails[task] - hours, need * hours)
                for task, (need, hours) in enumerate(zip(needs, index.durations, strict=True))
                if need and hours
            ),
            reverse=True,
        )
        for rest in {rest for _, rest, _ in works}:
            bound = max(bound, _of_one_rest(works, rest, capacity, whole=whole))
    return bound


def _of_one_rest(
    works: Sequence[tuple[float, float, float]], rest: float, capacity: int, *, whole: bool
) -> float:
    """Return the best bound over the sets of tasks with at least this rest behind them."""
    bound = energy = 0.0
    for head, own_rest, work in works:
        if own_rest >= rest:
            energy += work
            spread = energy / capacity
            # Whole durations end at whole times. The margin is for sums that were rounded up.
            spread = math.ceil(spread - 1e-9) if whole else spread
            bound = max(bound, head + rest + spread)
    return bound
