"""The top of the report: which plan and which run, the forecasts, the counts, the way to the artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from planner.documents.markdown_text import counted, hours
from planner.documents.report.markup import Markup, element, joined, text
from planner.documents.report.run_record import RunRecord
from planner.forecasting.rounded_hours import hours_text
from schemas.dag import Finding
from schemas.plan import ARTIFACTS, DECISIONS_DOCUMENT, PLAN_DOCUMENT, Plan

MOST_FINDINGS = 10
MOST_NOTES = 20


def page_head(plan: Plan, run: RunRecord | None, folder: str) -> Markup:
    """Return the top; `folder` is the way from the report to the plan folder, "" for the same one."""
    title = plan.tasks.meta.title or plan.waves.planId
    parts = [element("h1", {}, element("bdi", {}, text(title)))]
    parts += [element("p", {"class": "soft"}, text(line)) for line in _plan_lines(plan)]
    parts += _findings(plan)
    parts.append(_links(folder))
    if run is not None:
        parts += _run(run, len(plan.tasks.tasks))
    parts += _forecasts(plan)
    return joined(parts)


def _plan_lines(plan: Plan) -> Iterator[str]:
    metrics, limits = plan.dag.metrics, plan.tasks.meta.resource_limits
    checked = sum(bool(task.acceptance_checks) for task in plan.tasks.tasks)
    yield " · ".join(
        (
            plan.waves.planId,
            "accepted" if plan.dag.ok else "rejected",
            counted(len(plan.tasks.tasks), "task"),
            f"{checked} with checks",
            f"{metrics.edges} dependencies",
            f"longest path {counted(metrics.longestPath, 'task')}",
            f"at most {limits.max_concurrent_tasks} at once",
            f"set to run as {plan.tasks.meta.execution_model.replace('_', ' ')}",
        )
    )
    sources = [source.document for source in plan.tasks.meta.sources or ()]
    if sources:
        yield f"made from {', '.join(sources)}"


def _findings(plan: Plan) -> Iterator[Markup]:
    if not plan.dag.ok:
        shown = [
            element("li", {}, text(item if isinstance(item, str) else _finding(item)))
            for item in plan.dag.errors[:MOST_FINDINGS]
        ]
        more = len(plan.dag.errors) - len(shown)
        if more:
            shown.append(element("li", {}, text(f"and {more} more: tasks validate-plan lists all")))
        yield element("p", {"class": "bad"}, text(f"rejected: {counted(len(plan.dag.errors), 'error')}"))
        yield element("ul", {}, *shown)
    if plan.dag.warnings:
        said = f"{counted(len(plan.dag.warnings), 'warning')}, at the end of Plan.md"
        yield element("p", {"class": "soft"}, text(said))


def _finding(finding: Finding) -> str:
    named = f"{finding.task}: " if finding.task and finding.task not in finding.message else ""
    return f"{named}{finding.message} [{finding.rule}]"


def _links(folder: str) -> Markup:
    way = f"{quote(folder)}/" if folder else ""
    links = (
        element("a", {"href": way + quote(name)}, text(name))
        for name in (PLAN_DOCUMENT, DECISIONS_DOCUMENT, *ARTIFACTS)
    )
    return element("p", {}, joined(links, " · "))


def _run(run: RunRecord, total: int) -> Iterator[Markup]:
    landed = sum(task.commit is not None for task in run.tasks.values())
    again = sum(max((task.attempts or 1) - 1, 0) for task in run.tasks.values())
    yield element("h2", {}, text(f"Run {run.run_id}"))
    facts = [
        run.state,
        f"{landed} of {counted(total, 'task')} landed" + (f" on {run.branch}" if run.branch else ""),
        counted(again, "repeated attempt") if again else "no attempt was repeated",
    ]
    if run.began:
        facts.append(f"began {run.began}, {hours_text(run.hours)} {'so far' if run.is_open else 'in all'}")
    yield element("p", {}, text(" · ".join(facts)))
    if run.reason:
        yield element("p", {"class": "bad"}, text(run.reason))
    yield from (element("p", {"class": "soft"}, text(f"note: {note}")) for note in run.notes[:MOST_NOTES])
    if len(run.notes) > MOST_NOTES:
        more = f"and {len(run.notes) - MOST_NOTES} more notes: tasks status {run.run_id}"
        yield element("p", {"class": "soft"}, text(more))


def _forecasts(plan: Plan) -> Iterator[Markup]:
    models = plan.waves.execution_models
    rolling, waved = models.rolling_frontier.estimated_completion_time, models.wave_based.estimated_completion
    if rolling is None and waved is None:
        yield element(
            "p", {}, text("There is no forecast: a task has no estimate, or the plan has no order.")
        )
        return
    head = ("Forecast", "P50", "P80", "P95", "No less than")
    rows = []
    if rolling is not None:
        points = rolling.p50_hours, rolling.p80_hours, rolling.p95_hours, rolling.optimal_hours
        rows.append(("rolling frontier", *map(hours, points)))
    if waved is not None:
        rows.append(("in waves", *map(hours, (waved.p50_hours, waved.p80_hours, waved.p95_hours)), ""))
    yield element(
        "table",
        {"class": "few"},
        element("tr", {}, *(element("th", {"scope": "col"}, text(name)) for name in head)),
        *(element("tr", {}, *(element("td", {}, text(cell)) for cell in row)) for row in rows),
    )
