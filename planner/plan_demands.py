"""What a plan's tasks ask of the scheduler: the one place that reads tasks.json for it.

The forecast, the simulation and the execution of a plan all take their tasks, their edges and their
capacities from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from planner.graph.cycles import find_cycle
from planner.graph.precedence_graph import PrecedenceGraph, build_precedence_graph
from planner.scheduling.plan_index import TaskDemand
from schemas.tasks import PRECEDENCE_TYPES, Dependency, Task, TasksFile, ThreePointEstimate

CPU_UNITS = 100
MEGABYTES_PER_GIGABYTE = 1024
UNKNOWN_HOURS = 1.0
CPU, MEMORY, DISK = "cpu_cores", "memory_mb", "disk_io_mbps"


def is_edge(dependency: Dependency, min_confidence: float) -> bool:
    """Return whether a dependency orders tasks: of a precedence type, hard, and sure enough (seed 001)."""
    return (
        dependency.type in PRECEDENCE_TYPES and dependency.isHard and dependency.confidence >= min_confidence
    )


def edges(tasks: TasksFile) -> tuple[Dependency, ...]:
    """Return the dependencies that are edges of the graph."""
    return tuple(item for item in tasks.dependencies if is_edge(item, tasks.meta.min_confidence))


def predecessors(tasks: TasksFile) -> dict[str, tuple[str, ...]]:
    """Return for each task, in the plan's order, the tasks that must be completed before it.

    A dependency on a task that does not exist is left out: a plan rule reports it.
    """
    found: dict[str, set[str]] = {task.id: set() for task in tasks.tasks}
    for edge in edges(tasks):
        if edge.to in found and edge.from_ in found:
            found[edge.to].add(edge.from_)
    return {task: tuple(sorted(before)) for task, before in found.items()}


def precedence_graph(tasks: TasksFile) -> PrecedenceGraph:
    """Return the graph of the tasks over the edges; a task or an edge given twice counts once."""
    before = predecessors(tasks)
    return build_precedence_graph(
        tuple(before), [(earlier, task) for task in before for earlier in before[task]]
    )


def capacities(tasks: TasksFile) -> dict[str, int]:
    """Return how many units of each resource there are.

    An exclusive resource has one. A processor counts in hundredths of a core, memory in megabytes, the disk
    in MB/s; these three are here only when the plan states a limit.
    """
    found: dict[str, int] = {}
    analysis = tasks.meta.codebase_analysis
    if analysis is not None:
        for name, resource in analysis.shared_resources.items():
            found[name] = 1 if resource.type == "exclusive" else resource.capacity or 1
    for task in tasks.tasks:
        for name in task.resource_requirements.estimated.exclusive_resources:
            found.setdefault(name, 1)
    found.update(dict.fromkeys(_pairs_apart(tasks), 1))
    limits = tasks.meta.resource_limits
    if limits.max_cpu_cores is not None:
        found[CPU] = math.floor(limits.max_cpu_cores * CPU_UNITS)
    if limits.max_memory_gb is not None:
        found[MEMORY] = math.floor(limits.max_memory_gb * MEGABYTES_PER_GIGABYTE)
    if limits.max_disk_io_mbps is not None:
        found[DISK] = math.floor(limits.max_disk_io_mbps)
    return found


def demands(task: Task) -> dict[str, int]:
    """Return how many units of each resource a task holds while it runs, as its own fields say."""
    needs = task.resource_requirements.estimated
    found = dict.fromkeys(needs.exclusive_resources, 1) | dict(needs.shared_resources)
    machine = {
        CPU: (needs.cpu_cores or 0) * CPU_UNITS,
        MEMORY: needs.memory_mb or 0,
        DISK: needs.disk_io_mbps or 0,
    }
    return found | {name: math.ceil(amount) for name, amount in machine.items() if amount}


def can_be_scheduled(tasks: TasksFile) -> bool:
    """Return whether an order of the tasks exists at all."""
    known = capacities(tasks)
    fits = all(
        units <= known[name] for task in tasks.tasks for name, units in demands(task).items() if name in known
    )
    unique = len({task.id for task in tasks.tasks}) == len(tasks.tasks)
    return fits and unique and not find_cycle(precedence_graph(tasks))


def expected_hours(estimate: ThreePointEstimate | None) -> float:
    """Return the mean of the PERT distribution of an estimate.

    A task without an estimate counts as one hour: that orders the tasks, and no forecast is made from it.
    """
    if estimate is None:
        return UNKNOWN_HOURS
    return (estimate.optimistic + 4 * estimate.mostLikely + estimate.pessimistic) / 6


def task_demands(tasks: TasksFile, waves: Mapping[str, int] | None = None) -> tuple[TaskDemand, ...]:
    """Return what the scheduler must know of each task, in the plan's order; `waves` number from 1."""
    before = predecessors(tasks)
    known = capacities(tasks)
    apart: dict[str, dict[str, int]] = {}
    for pair, members in _pairs_apart(tasks).items():
        for member in members:
            apart.setdefault(member, {})[pair] = 1
    return tuple(
        TaskDemand(
            id=task.id,
            hours=expected_hours(task.duration),
            resources={name: units for name, units in demands(task).items() if name in known}
            | apart.get(task.id, {}),
            after=before[task.id],
            priority=task.scheduling_hints.priority,
            wave=waves[task.id] if waves is not None else None,
            optional=bool(task.optional),
        )
        for task in tasks.tasks
    )


def _pairs_apart(tasks: TasksFile) -> dict[str, tuple[str, str]]:
    """Return a resource of capacity 1 for each two tasks that must not run at the same time."""
    ids = {task.id for task in tasks.tasks}
    found: dict[str, tuple[str, str]] = {}
    for task in tasks.tasks:
        for other in task.scheduling_hints.avoid_concurrent_with:
            if other in ids and other != task.id:
                first, second = sorted((task.id, other))
                found[f"{first} apart from {second}"] = (first, second)
    return found
