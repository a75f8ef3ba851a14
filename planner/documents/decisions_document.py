"""Decisions.md: each choice that the planner made, with its alternatives as they were computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.documents.markdown_text import hours, listed
from planner.documents.plan_document import recommended
from planner.draft import EstimateOrigin
from planner.stages.cycle_repairs import RULE as CYCLE_OPENED
from schemas.dag import Finding
from schemas.plan import Plan


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
    meanings = {
        "rolling_frontier": "a task starts when what it needs is completed",
        "wave_based": f"{models.wave_based.total_waves} waves; each begins when the one before has ended",
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
    defaulted: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for task in plan.tasks.tasks:
        for field, origin in (task.origin or {}).items():
            if origin == "default":
                defaulted[field] += 1
                examples.setdefault(field, []).append(task.id)
    if not defaulted:
        return
    yield _Decision(
        title="Defaults",
        context="The document leaves these open:",
        options=tuple(
            f"{field}: our default at {count} of {len(plan.tasks.tasks)} tasks ({listed(examples[field], 6)})"
            for field, count in sorted(defaulted.items())
        ),
        rationale="A default is named in the `origin` of each task: nobody takes it for the document's word.",
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
