"""A plan as numbered tuples: what the scheduler reads while it forecasts, simulates and executes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.graph.longest_path import tail_lengths
from planner.graph.precedence_graph import build_precedence_graph
from planner.graph.topological_order import topological_order
from planner.scheduling.wave_numbers import wave_numbers
from schemas.features import PriorityName

PRIORITY_CLASSES: Mapping[PriorityName, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3}

Need = tuple[tuple[int, int], ...]  # (resource number, units), ascending by resource


class DemandAboveCapacity(ValueError):
    """A task needs more of a resource than there is, so it could never start."""


class PlannedOrderBroken(ValueError):
    """A task's planned start is before that of a task it depends on: it could wait for itself."""


@dataclass(frozen=True, slots=True)
class TaskDemand:
    """What the scheduler must know of a task; `after` are the tasks it hard depends on.

    `planned_start` is its place in an order that was found for the plan; all tasks have one, or none counts.
    """

    id: str
    hours: float
    resources: Mapping[str, int]
    after: tuple[str, ...] = ()
    priority: PriorityName = "medium"
    wave: int | None = None
    optional: bool = False
    planned_start: float | None = None


@dataclass(frozen=True, slots=True)
class PlanIndex:
    """A plan by task number (the place in the sequence given) and resource number (by name).

    `tails` are the hours from a task's start to the end of the plan on the longest path. `ranks` order the
    tasks: priority class, then planned start if there are any, then longest path, then id; `by_rank` is the
    inverse. Tasks of one class with equal needs form a group (`groups`), for which `group_needs` and
    `group_classes` are kept once. `wave_sizes` count the tasks of each wave, in order. `planned_starts` is
    empty for a plan without an order of its own.
    """

    ids: tuple[str, ...]
    numbers: Mapping[str, int]
    successors: tuple[tuple[int, ...], ...]
    predecessors: tuple[tuple[int, ...], ...]
    topological_places: tuple[int, ...]
    demands: tuple[Need, ...]
    resource_names: tuple[str, ...]
    capacities: tuple[int, ...]
    durations: tuple[float, ...]
    priority_classes: tuple[int, ...]
    tails: tuple[float, ...]
    ranks: tuple[int, ...]
    by_rank: tuple[int, ...]
    groups: tuple[int, ...]
    group_needs: tuple[Need, ...]
    group_classes: tuple[int, ...]
    waves: tuple[int, ...]
    wave_sizes: Mapping[int, int]
    optional: tuple[bool, ...]
    planned_starts: tuple[float, ...] = ()

    def number_of(self, task_id: str) -> int:
        """Return the number of a task; raises KeyError for an id that the plan does not have."""
        return self.numbers[task_id]


def build_plan_index(tasks: Sequence[TaskDemand], capacities: Mapping[str, int]) -> PlanIndex:
    """Number tasks and resources and compute what the scheduler needs of the graph, once.

    Args:
        tasks: the tasks in any order; the order becomes their numbers and decides nothing.
        capacities: units of each resource that may be held at once, machine resources among them.

    Raises:
        DuplicateTask, UnknownTask, CycleFound: from the graph, naming the tasks.
        DemandAboveCapacity: a task needs more of a resource than there is, or a resource that is not listed.
        WaveOrderBroken: a task stands in an earlier wave than one it depends on.
        PlannedOrderBroken: a task's planned start is before that of one it depends on.
    """
    graph = build_precedence_graph([task.id for task in tasks], _edges(tasks))
    order = topological_order(graph)
    durations = tuple(_checked_hours(task) for task in tasks)
    tails = tail_lengths(graph, durations, order)
    classes = tuple(PRIORITY_CLASSES[task.priority] for task in tasks)
    planned_starts = _planned_starts(tasks)
    _check_planned_starts(graph.ids, graph.predecessors, planned_starts)
    by_rank = _ranked(graph.ids, classes, tails, planned_starts)
    resource_names = tuple(sorted(capacities))
    demands = tuple(_need(task, resource_names, capacities) for task in tasks)
    group_numbers: dict[tuple[int, Need], int] = {}
    for task in by_rank:
        group_numbers.setdefault((classes[task], demands[task]), len(group_numbers))
    waves = wave_numbers(graph, order, [task.wave for task in tasks])
    return PlanIndex(
        ids=graph.ids,
        numbers={name: number for number, name in enumerate(graph.ids)},
        successors=graph.successors,
        predecessors=graph.predecessors,
        topological_places=_inverse(order),
        demands=demands,
        resource_names=resource_names,
        capacities=tuple(capacities[name] for name in resource_names),
        durations=durations,
        priority_classes=classes,
        tails=tuple(tails),
        ranks=_inverse(by_rank),
        by_rank=tuple(by_rank),
        groups=tuple(group_numbers[key] for key in zip(classes, demands, strict=True)),
        group_needs=tuple(need for _, need in group_numbers),
        group_classes=tuple(priority for priority, _ in group_numbers),
        waves=waves,
        wave_sizes=dict(sorted(Counter(waves).items())),
        optional=tuple(task.optional for task in tasks),
        planned_starts=planned_starts,
    )


def _edges(tasks: Sequence[TaskDemand]) -> list[tuple[str, str]]:
    return [(before, task.id) for task in tasks for before in task.after]


def _planned_starts(tasks: Sequence[TaskDemand]) -> tuple[float, ...]:
    given = [task.planned_start for task in tasks if task.planned_start is not None]
    return tuple(given) if len(given) == len(tasks) else ()


def _checked_hours(task: TaskDemand) -> float:
    if not 0 <= task.hours < float("inf"):
        message = f"task {task.id} takes {task.hours} hours: give it a number of hours that is not negative"
        raise ValueError(message)
    return float(task.hours)


def with_planned_starts(index: PlanIndex, planned_starts: Sequence[float]) -> PlanIndex:
    """Return the plan with another order of its own, or without one if no starts are given.

    Raises:
        PlannedOrderBroken: a task's planned start is before that of one it depends on.
    """
    _check_planned_starts(index.ids, index.predecessors, planned_starts)
    by_rank = _ranked(index.ids, index.priority_classes, index.tails, planned_starts)
    return replace(
        index, planned_starts=tuple(planned_starts), by_rank=tuple(by_rank), ranks=_inverse(by_rank)
    )


def _check_planned_starts(
    ids: Sequence[str], predecessors: Sequence[Sequence[int]], planned_starts: Sequence[float]
) -> None:
    for task, before in enumerate(predecessors if planned_starts else ()):
        for other in before:
            if planned_starts[task] < planned_starts[other]:
                message = (
                    f"task {ids[task]} is planned to start at {planned_starts[task]:g}, before "
                    f"{ids[other]} at {planned_starts[other]:g}, which it depends on: plan again"
                )
                raise PlannedOrderBroken(message)


def _ranked(
    ids: Sequence[str], classes: Sequence[int], tails: Sequence[float], planned_starts: Sequence[float]
) -> list[int]:
    starts = planned_starts or [0.0] * len(ids)
    # Equal paths may differ in their last bits, summed along different ways: the id decides between those.
    return sorted(
        range(len(ids)), key=lambda task: (classes[task], starts[task], -round(tails[task], 9), ids[task])
    )


def _inverse(order: Sequence[int]) -> tuple[int, ...]:
    places = [0] * len(order)
    for place, task in enumerate(order):
        places[task] = place
    return tuple(places)


def _need(task: TaskDemand, resource_names: Sequence[str], capacities: Mapping[str, int]) -> Need:
    for name, units in task.resources.items():
        if units < 0:
            message = f"task {task.id} needs {units} of {name}: a need cannot be negative"
            raise ValueError(message)
        if units > capacities.get(name, 0):
            message = (
                f"task {task.id} needs {units} of {name}, of which there are {capacities.get(name, 0)}: "
                f"raise the capacity or lower the need"
            )
            raise DemandAboveCapacity(message)
    return tuple(
        (number, task.resources[name])
        for number, name in enumerate(resource_names)
        if task.resources.get(name, 0)
    )
