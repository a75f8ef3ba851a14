"""Who holds which shared resource when: for each resource, lanes in which no two bars overlap."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.documents.report.planned_times import PlannedTimes
from planner.documents.report.run_record import RunRecord


@dataclass(frozen=True, slots=True)
class Hold:
    """A task that holds units of a resource for a time."""

    task: str
    start: float
    finish: float
    units: int
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class ResourceLanes:
    """A resource, its expected holders and the actual ones, in lanes from top to bottom."""

    name: str
    capacity: int
    planned: tuple[tuple[Hold, ...], ...]
    actual: tuple[tuple[Hold, ...], ...] = ()

    @property
    def hours(self) -> float:
        """Return how long it is held in the plan, summed over the holders."""
        return sum(hold.finish - hold.start for lane in self.planned for hold in lane)


def resource_lanes(
    times: PlannedTimes, names: frozenset[str], run: RunRecord | None
) -> tuple[ResourceLanes, ...]:
    """Return the lanes of the named resources that tasks need, the busiest first."""
    users: dict[int, dict[int, int]] = {}
    for task, needs in enumerate(times.index.demands):
        for resource, units in needs:
            if times.index.resource_names[resource] in names:
                users.setdefault(resource, {})[task] = units
    found = [
        ResourceLanes(
            name=times.index.resource_names[resource],
            capacity=times.index.capacities[resource],
            planned=lanes(_planned(times, of_task)),
            actual=lanes(_actual(times, of_task, run)) if run is not None else (),
        )
        for resource, of_task in users.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.hours, item.name)))


def lanes(holds: Sequence[Hold]) -> tuple[tuple[Hold, ...], ...]:
    """Return the holds in as few lanes as there are at once; of several free lanes the highest is taken."""
    rows: list[list[Hold]] = []
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    for hold in sorted(holds, key=lambda item: (item.start, item.finish, item.task)):
        while busy and busy[0][0] <= hold.start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if not free:
            free.append(len(rows))
            rows.append([])
        row = heapq.heappop(free)
        rows[row].append(hold)
        heapq.heappush(busy, (hold.finish, row))
    return tuple(map(tuple, rows))


def _planned(times: PlannedTimes, units: Mapping[int, int]) -> list[Hold]:
    starts, finishes = times.schedule.starts, times.schedule.finishes
    return [Hold(times.index.ids[task], starts[task], finishes[task], units[task]) for task in units]


def _actual(times: PlannedTimes, units: Mapping[int, int], run: RunRecord) -> list[Hold]:
    return [
        Hold(name, span.start, span.end if span.end is not None else run.hours, units[task], span.outcome)
        for task in units
        if (name := times.index.ids[task]) in run.tasks
        for span in run.tasks[name].spans
    ]
