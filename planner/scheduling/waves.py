"""Cut a plan into waves: sets of tasks that may all run at once, each after all waves before it."""

from __future__ import annotations

import heapq

from planner.scheduling.plan_index import PlanIndex


def assign_waves(index: PlanIndex, max_wave_size: int) -> tuple[int, ...]:
    """Return the wave of each task, counted from 1.

    Greedy: a wave takes tasks whose dependencies lie in earlier waves, in the order of their ranks (priority
    class, longest path, id), as long as their needs fit together beside each other. A task that does not fit
    is left for the next wave, so no two tasks of a wave exclude each other.

    Raises:
        ValueError: `max_wave_size` is below 1.
    """
    if max_wave_size < 1:
        message = f"max_wave_size is {max_wave_size}: a wave must hold at least one task"
        raise ValueError(message)
    waiting = [len(before) for before in index.predecessors]
    ready: dict[int, list[int]] = {}
    for task in index.by_rank:
        if not waiting[task]:
            ready.setdefault(index.groups[task], []).append(index.ranks[task])
    waves = [0] * len(index.ids)
    wave = 0
    while ready:
        wave += 1
        for task in _fill(index, ready, max_wave_size):
            waves[task] = wave
            for successor in index.successors[task]:
                waiting[successor] -= 1
                if not waiting[successor]:
                    heapq.heappush(ready.setdefault(index.groups[successor], []), index.ranks[successor])
    return tuple(waves)


def _fill(index: PlanIndex, ready: dict[int, list[int]], max_wave_size: int) -> list[int]:
    """Take one wave out of the ready tasks; a group whose need does not fit is not asked again."""
    free = list(index.capacities)
    heads = [(ranks[0], group) for group, ranks in ready.items()]
    heapq.heapify(heads)
    taken: list[int] = []
    while heads and len(taken) < max_wave_size:
        _, group = heapq.heappop(heads)
        need = index.group_needs[group]
        if any(free[resource] < units for resource, units in need):
            continue
        for resource, units in need:
            free[resource] -= units
        ranks = ready[group]
        taken.append(index.by_rank[heapq.heappop(ranks)])
        if ranks:
            heapq.heappush(heads, (ranks[0], group))
        else:
            del ready[group]
    return taken
