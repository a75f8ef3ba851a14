"""What differs between two plans: tasks, edges, estimates and forecast, and what that means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planner.forecasting.rounded_hours import hours_text
from planner.graph.cycles import find_cycle
from planner.graph.longest_path import longest_path
from planner.plan_demands import edges, precedence_graph
from schemas.plan import Plan
from schemas.tasks import Task, TasksFile

NOT_COMPARED = frozenset({"contentHash", "source_evidence", "origin"})
QUANTILES = ("p50_hours", "p80_hours", "p95_hours")


@dataclass(frozen=True, slots=True)
class ChangedTask:
    """A task of both plans whose fields differ."""

    id: str
    fields: tuple[str, ...]
    hours_before: float | None
    hours_after: float | None


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """Everything that differs; edges are pairs of ids, earlier task first."""

    plan_before: str
    plan_after: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[ChangedTask, ...]
    unchanged: int
    edges_added: tuple[tuple[str, str], ...]
    edges_removed: tuple[tuple[str, str], ...]
    forecast: dict[str, dict[str, tuple[float | None, float | None]]]
    """By execution model and quantile: hours before and after."""
    path_before: tuple[str, ...]
    path_after: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Return whether the two plans ask for the same."""
        same = not (self.added or self.removed or self.changed or self.edges_added or self.edges_removed)
        return same and all(a == b for model in self.forecast.values() for a, b in model.values())


def plan_difference(before: Plan, after: Plan) -> PlanDifference:
    """Return how a plan differs from an earlier one; tasks are the same when their ids are."""
    old = {task.id: task for task in before.tasks.tasks}
    new = {task.id: task for task in after.tasks.tasks}
    both = [task for task in new if task in old]
    changed = tuple(_changed(old[task], new[task]) for task in both)
    edges_before, edges_after = _pairs(before.tasks), _pairs(after.tasks)
    return PlanDifference(
        plan_before=before.waves.planId,
        plan_after=after.waves.planId,
        added=tuple(task for task in new if task not in old),
        removed=tuple(task for task in old if task not in new),
        changed=tuple(item for item in changed if item.fields),
        unchanged=sum(not item.fields for item in changed),
        edges_added=tuple(edge for edge in edges_after if edge not in set(edges_before)),
        edges_removed=tuple(edge for edge in edges_before if edge not in set(edges_after)),
        forecast=_forecasts(before, after),
        path_before=_critical_path(before.tasks),
        path_after=_critical_path(after.tasks),
    )


def meaning_of(difference: PlanDifference) -> Iterator[str]:
    """Yield in words what follows for whoever executes the later plan."""
    if difference.is_empty:
        yield "both plans ask for the same"
        return
    if difference.changed:
        again = ", ".join(item.id for item in difference.changed)
        yield f"on a branch where they have landed, these are done again: {again}"
    if difference.unchanged:
        yield f"{difference.unchanged} tasks are as they were: landed ones stay landed"
    if difference.removed:
        yield f"what {', '.join(difference.removed)} landed stays on the branch"
    for model, quantiles in difference.forecast.items():
        earlier, later = quantiles["p50_hours"]
        if earlier and later and earlier != later:
            share = (later - earlier) / earlier
            yield f"{model}: {hours_text(earlier)} becomes {hours_text(later)} at P50 ({share:+.0%})"
    if difference.path_before != difference.path_after:
        yield f"the longest path is now {' -> '.join(difference.path_after)}"


def difference_as_json(difference: PlanDifference) -> dict[str, Any]:
    """Return the difference as plain JSON."""
    return {
        "plan_ids": [difference.plan_before, difference.plan_after],
        "same": difference.is_empty,
        "tasks": {
            "added": list(difference.added),
            "removed": list(difference.removed),
            "changed": [
                {"id": item.id, "fields": list(item.fields), "hours": [item.hours_before, item.hours_after]}
                for item in difference.changed
            ],
            "unchanged": difference.unchanged,
        },
        "edges": {
            "added": [list(edge) for edge in difference.edges_added],
            "removed": [list(edge) for edge in difference.edges_removed],
        },
        "forecast": {
            model: {name: list(pair) for name, pair in quantiles.items()}
            for model, quantiles in difference.forecast.items()
        },
        "longest_path": [list(difference.path_before), list(difference.path_after)],
        "meaning": list(meaning_of(difference)),
    }


def _changed(before: Task, after: Task) -> ChangedTask:
    old, new = before.as_json(), after.as_json()
    names = [name for name in {**old, **new} if name not in NOT_COMPARED and old.get(name) != new.get(name)]
    return ChangedTask(after.id, tuple(names), _likely(before), _likely(after))


def _likely(task: Task) -> float | None:
    return task.duration.mostLikely if task.duration is not None else None


def _pairs(tasks: TasksFile) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((edge.from_, edge.to) for edge in edges(tasks)))


def _forecasts(before: Plan, after: Plan) -> dict[str, dict[str, tuple[float | None, float | None]]]:
    def hours(plan: Plan, model: str) -> dict[str, float | None]:
        models = plan.waves.execution_models
        found = (
            models.rolling_frontier.estimated_completion_time
            if model == "rolling_frontier"
            else models.wave_based.estimated_completion
        )
        return {name: getattr(found, name, None) for name in QUANTILES}

    result = {}
    for model in ("rolling_frontier", "wave_based"):
        earlier, later = hours(before, model), hours(after, model)
        result[model] = {name: (earlier[name], later[name]) for name in QUANTILES}
    return result


def _critical_path(tasks: TasksFile) -> tuple[str, ...]:
    graph = precedence_graph(tasks)
    if not graph.ids or find_cycle(graph):
        return ()
    hours = {task.id: _likely(task) or 0.0 for task in tasks.tasks}
    return tuple(graph.names(longest_path(graph, [hours[name] for name in graph.ids]).tasks))
