"""What runs, is ready, is blocked and is completed at some moments of the expected schedule."""

from __future__ import annotations

from collections.abc import Sequence

from planner.forecasting.rounded_hours import rounded_hours
from planner.plan_demands import CPU, CPU_UNITS, MEGABYTES_PER_GIGABYTE, MEMORY
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule
from schemas.waves import SimulationMoment

MOST_MOMENTS = 12


def simulated_moments(index: PlanIndex, schedule: Schedule) -> dict[str, SimulationMoment]:
    """Return at most 12 moments of a schedule by their time: its begin, and ends of tasks, evenly chosen."""
    by_name: dict[str, float] = {}
    for time in sorted({0.0, *schedule.finishes}):
        # Two ends within a twentieth of an hour have one name: the later one shows both.
        by_name[time_name(time)] = time
    chosen = _evenly(list(by_name), MOST_MOMENTS)
    return {name: _moment(index, schedule, by_name[name]) for name in chosen}


def time_name(hours: float) -> str:
    """Return the name of a moment, such as `time_4h` or `time_4.5h`."""
    return f"time_{rounded_hours(hours):.6f}".rstrip("0").rstrip(".") + "h"


def _moment(index: PlanIndex, schedule: Schedule, time: float) -> SimulationMoment:
    running: list[int] = []
    ready: list[str] = []
    blocked: list[str] = []
    completed: list[str] = []
    for number, name in enumerate(index.ids):
        if schedule.finishes[number] <= time:
            completed.append(name)
        elif schedule.starts[number] <= time:
            running.append(number)
        elif all(schedule.finishes[before] <= time for before in index.predecessors[number]):
            ready.append(name)
        else:
            blocked.append(name)
    return SimulationMoment(
        running=tuple(index.ids[number] for number in running),
        ready=tuple(ready),
        blocked=tuple(blocked),
        completed=tuple(completed),
        resource_usage=usage(index, running),
    )


def usage(index: PlanIndex, tasks: Sequence[int]) -> dict[str, float]:
    """Return what these tasks hold together, in the units of the file: cores, gigabytes, units."""
    held: dict[str, float] = {}
    for number in tasks:
        for resource, units in index.demands[number]:
            name = index.resource_names[resource]
            held[name] = held.get(name, 0) + units
    return {
        _shown_name(name): _shown_amount(name, units)
        for name, units in sorted(held.items())
        if " " not in name
    }


def _shown_name(name: str) -> str:
    return "memory_gb" if name == MEMORY else name


def _shown_amount(name: str, units: float) -> float:
    if name == CPU:
        return units / CPU_UNITS
    if name == MEMORY:
        return round(units / MEGABYTES_PER_GIGABYTE, 2)
    return units


def _evenly(names: list[str], most: int) -> list[str]:
    if len(names) <= most:
        return names
    return [names[round(place * (len(names) - 1) / (most - 1))] for place in range(most)]
