"""What the rolling frontier is compared with: waves, each of which begins when the one before has ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.forecasting.evolve import as_schedule
from planner.graph.kahn_layers import layer_of_each
from planner.graph.precedence_graph import PrecedenceGraph
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.serial_schedule import Placed
from planner.scheduling.simulate import Schedule

Waves = list[list[int]]


def layers(index: PlanIndex) -> list[int]:
    """Return the layer of each task."""
    return layer_of_each(PrecedenceGraph(index.ids, index.successors, index.predecessors))


def by_latest_finish(index: PlanIndex) -> list[float]:
    """Return priorities, least first: the latest finish of each task on the longest path."""
    return [hours - tail for tail, hours in zip(index.tails, index.durations, strict=True)]


def greedy_waves(index: PlanIndex, limits: Limits, priorities: Sequence[float] | None = None) -> Waves:
    """Pack all ready tasks that fit into one wave, by priority or, without any, first come first served."""
    waiting = [len(before) for before in index.predecessors]
    ready = [task for task, count in enumerate(waiting) if not count]
    waves: Waves = []
    while ready:
        if priorities is not None:
            ready.sort(key=lambda task: (priorities[task], task))
        wave, ready = _packed(index, limits, ready)
        waves.append(wave)
        arrivals = []
        for task in wave:
            for successor in index.successors[task]:
                waiting[successor] -= 1
                if not waiting[successor]:
                    arrivals.append(successor)
        ready += sorted(arrivals)
    return waves


def waves_by_layer(index: PlanIndex, limits: Limits) -> Waves:
    """Cut each layer of the graph into as few waves as packing in the order of the file gives."""
    by_layer: dict[int, list[int]] = {}
    for task, layer in enumerate(layers(index)):
        by_layer.setdefault(layer, []).append(task)
    waves: Waves = []
    for layer in sorted(by_layer):
        rest = by_layer[layer]
        while rest:
            wave, rest = _packed(index, limits, rest)
            waves.append(wave)
    return waves


def _packed(index: PlanIndex, limits: Limits, tasks: Iterable[int]) -> tuple[list[int], list[int]]:
    """Return what fits beside each other, in this order, and the rest."""
    free = list(index.capacities)
    taken: list[int] = []
    rest: list[int] = []
    for task in tasks:
        need = index.demands[task]
        if len(taken) < limits.max_concurrent and all(free[number] >= units for number, units in need):
            taken.append(task)
            for number, units in need:
                free[number] -= units
        else:
            rest.append(task)
    return taken, rest


def in_waves(index: PlanIndex, waves: Waves, durations: Sequence[float]) -> Schedule:
    """Return when all tasks run if each wave waits for the slowest task of the one before."""
    starts = [0.0] * len(index.ids)
    finishes = [0.0] * len(index.ids)
    now = 0.0
    for wave in waves:
        for task in wave:
            starts[task] = now
            finishes[task] = now + durations[task]
        now = max(finishes[task] for task in wave)
    return as_schedule(Placed(starts, finishes))
