"""When each task is expected to run: the executor's own scheduler, with the expected durations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from planner.graph.kahn_layers import layer_of_each
from planner.graph.longest_path import longest_path
from planner.graph.precedence_graph import PrecedenceGraph
from planner.graph.transitive_reduction import transitive_reduction
from planner.outline_limits import outline_limits
from planner.plan_demands import can_be_scheduled, precedence_graph, task_demands
from planner.plan_outline import outline_of
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, build_plan_index
from planner.scheduling.simulate import Schedule, simulate
from schemas.plan import Plan


@dataclass(frozen=True, slots=True)
class PlannedTimes:
    """The expected schedule by task number, and what the picture of the graph needs.

    `columns` count from 0 and grow along every edge; `column_name` says what they are. `drawn` are the edges
    without those that follow from others, but with the whole `critical` path.
    """

    index: PlanIndex
    schedule: Schedule
    critical: tuple[int, ...]
    on_path: frozenset[int]
    columns: tuple[int, ...]
    column_name: str
    drawn: PrecedenceGraph

    def is_critical(self, task: int) -> bool:
        """Return whether a task is on the critical path."""
        return task in self.on_path

    def critical_edges(self) -> frozenset[tuple[int, int]]:
        """Return the edges of the critical path."""
        return frozenset(pairwise(self.critical))


@dataclass(frozen=True, slots=True)
class NoSchedule:
    """Why there is no schedule."""

    reason: str


def planned_times(plan: Plan) -> PlannedTimes | NoSchedule:
    """Return the expected schedule under the plan's own model and limits, or why there is none."""
    tasks = plan.tasks
    if not tasks.tasks:
        return NoSchedule("the plan has no tasks")
    if not can_be_scheduled(tasks):
        return NoSchedule("no order of the tasks exists; the errors say why")
    try:
        index, limits = _as_executed(plan)
    except ValueError as error:  # the plan was edited by hand: the scheduler says what it cannot do
        return NoSchedule(str(error))
    schedule = simulate(index, index.durations, limits)
    graph = precedence_graph(tasks)
    critical = longest_path(graph, index.durations).tasks
    columns, name = tuple(layer_of_each(graph)), "Layer"
    if limits.model == "wave_based" and _grow(graph, index.waves):
        columns, name = tuple(wave - min(index.waves) for wave in index.waves), "Wave"
    drawn = _with_path(transitive_reduction(graph), critical)
    return PlannedTimes(index, schedule, critical, frozenset(critical), columns, name, drawn)


def _as_executed(plan: Plan) -> tuple[PlanIndex, Limits]:
    """Return what a run of the plan would hand to the scheduler: its waves or its order, and its limits."""
    outline = outline_of(plan)
    demands = tuple(
        replace(demand, wave=task.wave, planned_start=task.planned_start)
        for demand, task in zip(task_demands(plan.tasks), outline.tasks, strict=True)
    )
    return build_plan_index(demands, outline.capacities), outline_limits(outline)


def _grow(graph: PrecedenceGraph, waves: tuple[int, ...]) -> bool:
    edges = ((before, after) for before, them in enumerate(graph.successors) for after in them)
    return all(waves[before] < waves[after] for before, after in edges)


def _with_path(graph: PrecedenceGraph, path: tuple[int, ...]) -> PrecedenceGraph:
    """Return the graph with the edges of the path: beside a task of no duration one may be missing."""
    after, before = list(map(set, graph.successors)), list(map(set, graph.predecessors))
    for first, second in pairwise(path):
        after[first].add(second)
        before[second].add(first)
    return replace(
        graph,
        successors=tuple(tuple(sorted(them)) for them in after),
        predecessors=tuple(tuple(sorted(them)) for them in before),
    )
