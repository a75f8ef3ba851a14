"""Decisions.md: each choice that the planner made, with its alternatives as they were computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.documents.barrier_words import beginning_of_waves
from planner.documents.markdown_text import counted, hours, listed
from planner.documents.plan_document import recommended
from planner.draft import EstimateOrigin
from planner.stages.cycle_repairs import RULE as CYCLE_OPENED
from schemas.dag import Finding
from schemas.plan import Plan
from schemas.tasks import Task

MOST_COMPONENTS = 20


@dataclass(frozen=True, slots=True)
class _Decision:
    """A choice: why there was one, what was possible, and why this."""

    title: str
    context: str
    options: tuple[str, ...]
    rationale: str
    notes: tuple[str, ...] = ()


def decisions_document(plan: Plan, estimate_origins: Mapping[str, EstimateOrigin]) -> str:
    """Return the text of Decisions.md: only choices that this plan really needed."""
    lines = ["# Design Decisions Log", ""]
    decisions = (
        *_execution_model(plan),
        *_new_components(plan),
        *_resources(plan),
        *_estimates(plan, estimate_origins),
        *_defaults(plan),
        *_cycles(plan),
        *_left_out(plan),
    )
    for number, decision in enumerate(decisions, start=1):
        lines += [f"## Decision {number}: {decision.title}", "", "### Context", "", decision.context, ""]
        lines += ["### Options Considered", "", *(f"- {option}" for option in decision.options), ""]
        lines += ["### Rationale", "", decision.rationale, ""]
        if decision.notes:
            lines += ["### Implementation Notes", "", *(f"- {note}" for note in decision.notes), ""]
    return "\n".join(lines)


def _execution_model(plan: Plan) -> Iterator[_Decision]:
    models = plan.waves.execution_models
    rolling, waved = models.rolling_frontier.estimated_completion_time, models.wave_based.estimated_completion
    chosen = plan.tasks.meta.execution_model
    forecasts = {
        "rolling_frontier": (
            f"{hours(rolling.p50_hours)} at P50, {hours(rolling.p95_hours)} at P95"
            if rolling
            else "no forecast"
        ),
        "wave_based": f"{hours(waved.p50_hours)} at P50, {hours(waved.p95_hours)} at P95"
        if waved
        else "no forecast",
    }
    waves = counted(models.wave_based.total_waves, "wave")
    meanings = {
        "rolling_frontier": "a task starts when what it needs is completed",
        "wave_based": f"{waves}; each begins {beginning_of_waves(models.wave_based)}",
    }
    options = tuple(
        f"`{name}`{' (SELECTED)' if name == chosen else ''}: {meanings[name]}; {forecasts[name]}"
        for name in meanings
    )
    yield _Decision(
        title="Execution Model",
        context="Both models were made by the scheduler that executes the plan.",
        options=options,
        rationale=f"`{chosen}` is what the settings ask for" + _compared(plan),
        notes=("`tasks execute --force-execution-model` chooses the other one",),
    )


def _compared(plan: Plan) -> str:
    models = plan.waves.execution_models
    rolling, waved = models.rolling_frontier.estimated_completion_time, models.wave_based.estimated_completion
    if rolling is None or waved is None:
        return "."
    if rolling.p50_hours == waved.p50_hours:
        return "; by the forecast both take the same time."
    faster = recommended(plan) == plan.tasks.meta.execution_model
    return f"; by the forecast it is {'the faster' if faster else 'not the faster'} of the two."


def _new_components(plan: Plan) -> Iterator[_Decision]:
    """Set what is new beside what is nearest to it, so that nothing is built twice unnoticed."""
    analysis = plan.tasks.meta.codebase_analysis
    if analysis is None or not analysis.symbols:
        return
    new = [task for task in plan.tasks.tasks if task.nearest_existing or _created(task)]
    if not new:
        return
    lines = [f"{task.id}, {_made(task)} (SELECTED); {_beside(task)}" for task in new[:MOST_COMPONENTS]]
    if len(new) > MOST_COMPONENTS:
        lines.append(f"and {len(new) - MOST_COMPONENTS} more, see `nearest_existing` in tasks.json")
    yield _Decision(
        title="New Components",
        context=f"{counted(len(new), 'task')} of {len(plan.tasks.tasks)} make something that the codebase "
        f"does not have, among its {counted(analysis.symbols, 'symbol')}.",
        options=tuple(lines),
        rationale="Something new is made where nothing that exists was named or is near enough; the share "
        "tells how much of the existing name the task's words cover.",
        notes=("name an existing file or symbol in a task, and the task will extend it instead",),
    )


def _created(task: Task) -> tuple[str, ...]:
    return task.file_scope.create if task.file_scope is not None else ()


def _made(task: Task) -> str:
    files = _created(task)
    return f"new: {listed([f'`{name}`' for name in files], 4)}" if files else f"new: {task.title}"


def _beside(task: Task) -> str:
    found = task.nearest_existing
    if found is None:
        reused = task.reuses_existing
        built_on = (*reused.extends, *reused.imports) if reused is not None else ()
        return f"builds on {listed(built_on, 4)}" if built_on else "nothing near it exists"
    line = f":{found.line}" if found.line is not None else ""
    place = "" if found.name == found.path else f" in {found.path}{line}"
    return f"the nearest that exists is `{found.name}`{place} ({found.score:.0%})"


def _resources(plan: Plan) -> Iterator[_Decision]:
    uses = plan.dag.metrics.resourceUtilization
    bottlenecks = {found.resource: found for found in plan.dag.resource_bottlenecks}
    for name, conflict in plan.tasks.resource_conflicts.items():
        measured = uses[name].serialization_impact if name in uses else None
        cost = f"; it {measured}" if measured else ""
        found = bottlenecks.get(name)
        yield _Decision(
            title=f"Sharing of {name}",
            context=f"{len(conflict.tasks)} tasks need {name}: {listed(conflict.tasks)}.",
            options=(
                f"hand it out while the plan runs (SELECTED){cost}",
                "freeze an order as dependencies: a late task would then hold up all behind it",
                *((found.mitigation,) if found is not None and found.mitigation else ()),
            ),
            rationale=f"{conflict.rationale}.",
        )


def _estimates(plan: Plan, origins: Mapping[str, EstimateOrigin]) -> Iterator[_Decision]:
    by_rule = [task for task in plan.tasks.tasks if origins.get(task.id) == "sizing_rule"]
    if not by_rule:
        return
    points = sorted(
        {
            (t.duration.optimistic, t.duration.mostLikely, t.duration.pessimistic)
            for t in by_rule
            if t.duration
        }
    )
    sizes = ", ".join("/".join(f"{hour:g}" for hour in point) for point in points)
    yield _Decision(
        title="Estimates by the Sizing Rule",
        context=f"The document states no hours for {len(by_rule)} of {len(plan.tasks.tasks)} tasks: "
        f"{listed([task.id for task in by_rule])}.",
        options=(
            f"the sizing rule (SELECTED): three points by stated size, here {sizes} h",
            "no estimate: no forecast, and a plan with too few estimates is rejected",
        ),
        rationale="A stated rule is open to correction; write `estimate` at a task to replace it.",
        notes=("the setting `plan.hours_by_complexity` holds the rule",),
    )


def _defaults(plan: Plan) -> Iterator[_Decision]:
    tasks_of: dict[str, list[str]] = {}
    for task in plan.tasks.tasks:
        for field, origin in (task.origin or {}).items():
            if origin == "default":
                tasks_of.setdefault(field, []).append(task.id)
    fields_of: dict[tuple[str, ...], list[str]] = {}
    for field, names in sorted(tasks_of.items()):
        fields_of.setdefault(tuple(names), []).append(field)
    if not fields_of:
        return
    yield _Decision(
        title="Defaults",
        context="The document leaves these open:",
        options=tuple(
            f"{', '.join(fields)}: our default at {_share(names, len(plan.tasks.tasks))}"
            for names, fields in fields_of.items()
        ),
        rationale="A default is named in the `origin` of each task: nobody takes it for the document's word.",
    )


def _share(names: Sequence[str], count: int) -> str:
    return (
        f"all {count} tasks" if len(names) == count else f"{len(names)} of {count} tasks ({listed(names, 6)})"
    )


def _cycles(plan: Plan) -> Iterator[_Decision]:
    for item in plan.dag.warnings:
        if isinstance(item, Finding) and item.rule == CYCLE_OPENED:
            yield _Decision(
                title="An Opened Cycle",
                context=item.message,
                options=("make the least sure dependency soft (SELECTED)", "reject the plan"),
                rationale="One dependency of the circle was less sure than the others.",
            )


def _left_out(plan: Plan) -> Iterator[_Decision]:
    left_out = (*plan.dag.lowConfidenceDeps, *plan.dag.softDeps)
    if not left_out:
        return
    least = plan.tasks.meta.min_confidence
    yield _Decision(
        title="Dependencies That Do Not Order Tasks",
        context=f"{len(left_out)} dependencies are soft or below the confidence of {least:g}.",
        options=tuple(
            f"{item.from_} → {item.to}: {item.reason} (confidence {item.confidence:g})"
            for item in left_out[:20]
        ),
        rationale="Only what is hard and sure enough orders tasks; lower `--min-confidence` to use more.",
    )
