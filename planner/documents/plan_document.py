"""Plan.md: the plan for people, in seed 001's order of sections; all of it derived or quoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.documents.barrier_words import BEHIND_FULL_BARRIERS, beginning_of_waves
from planner.documents.condensed_findings import condensed
from planner.documents.markdown_text import counted, hours, listed, table
from planner.documents.mermaid_graph import mermaid_graph
from planner.documents.task_table import task_table
from planner.documents.traceability import SMALL_PLAN, traceability
from planner.draft import EstimateOrigin
from schemas.dag import DagMetrics, Finding
from schemas.plan import Plan
from schemas.tasks import PRECEDENCE_TYPES, CodebaseAnalysis, Task
from schemas.waves import CompletionHours, FrontierHours, RollingFrontier, WaveBased, WaveEstimates

MOST_WAVES = 60
MOST_RISKS = 20
MOST_RELEVANT = 5
MOST_COMMANDS = 8
MOST_OF_A_RULE = 8
DOUBTFUL = 0.8


def plan_document(plan: Plan, estimate_origins: Mapping[str, EstimateOrigin]) -> str:
    """Return the text of Plan.md; a section without content is left out."""
    sections = (
        _heading(plan),
        _section(f"Execution Strategy Recommendation: {_model_name(plan)}", _strategy(plan)),
        _section("Codebase Analysis Results", _codebase(plan)),
        _section("Execution Metrics", _metrics(plan)),
        _section("Tasks", _tasks(plan, estimate_origins)),
        _section("Traceability", traceability(plan)),
        _section("Wave-Based Execution Plan", _waves(plan.waves.execution_models.wave_based)),
        _section("Rolling Frontier Execution Plan", _frontier(plan)),
        _section("Risk Analysis", _risks(plan)),
        _section("Resource Bottleneck Analysis", _bottlenecks(plan)),
        _section("Auto-Normalization Actions Taken", _normalization(plan)),
        _section("Success Metrics", _success(plan)),
    )
    return "\n".join(line for section in sections for line in section)


def recommended(plan: Plan) -> str:
    """Return the model with the lower P50; without forecasts, or on a tie, the one that was asked for."""
    waved = plan.waves.execution_models.wave_based.estimated_completion
    rolling = plan.waves.execution_models.rolling_frontier.estimated_completion_time
    if waved is None or rolling is None or waved.p50_hours == rolling.p50_hours:
        return plan.tasks.meta.execution_model
    return "rolling_frontier" if rolling.p50_hours < waved.p50_hours else "wave_based"


def _section(title: str, lines: Iterator[str] | list[str]) -> list[str]:
    content = list(lines)
    return [f"## {title}", *content, ""] if content else []


def _heading(plan: Plan) -> list[str]:
    meta = plan.tasks.meta
    title = f": {meta.title}" if meta.title else ""
    sources = ", ".join(source.document for source in meta.sources or ())
    made_from = f" · made from {sources}" if sources else ""
    state = (
        "accepted"
        if plan.dag.ok
        else f"**rejected: {counted(len(plan.dag.errors), 'error')}, see Success Metrics**"
    )
    return [
        f"# Execution Plan{title}",
        "",
        f"{plan.waves.planId} · {counted(len(plan.tasks.tasks), 'task')}{made_from} · {state}",
        "",
    ]


def _model_name(plan: Plan) -> str:
    return "Rolling Frontier" if recommended(plan) == "rolling_frontier" else "Wave-Based"


def _strategy(plan: Plan) -> Iterator[str]:
    models = plan.waves.execution_models
    rolling, waved = models.rolling_frontier.estimated_completion_time, models.wave_based.estimated_completion
    if rolling is None or waved is None:
        yield "- No forecast: see the findings under Success Metrics."
    else:
        yield from _forecasts(plan, rolling, waved)
    for advantage in models.rolling_frontier.advantages_over_wave_based:
        yield f"- {advantage}"
    yield from _order(models.rolling_frontier)
    pool = plan.coordinator.worker_pool
    asked = f" with {listed(pool.worker_template.capabilities)}" if pool.worker_template.capabilities else ""
    most = plan.tasks.meta.resource_limits.max_concurrent_tasks
    yield f"- Worker pool: {pool.min_workers} to {pool.max_workers}{asked}; at most {most} tasks at once"
    fewer = models.rolling_frontier.recommended_concurrency
    if fewer == 1:
        yield "- One task at a time is as fast: working in parallel does not pay here"
    elif fewer is not None:
        yield f"- {fewer} tasks at once are as fast as more, within 1 %"
    if recommended(plan) != plan.tasks.meta.execution_model:
        yield f"- The plan is set to run as `{plan.tasks.meta.execution_model}`, as it was asked for"


def _forecasts(plan: Plan, rolling: FrontierHours, waved: CompletionHours) -> Iterator[str]:
    """Yield both forecasts, and what decides when the frontier is no faster; else its advantages say that."""
    of_rolling = _three(rolling.p50_hours, rolling.p80_hours, rolling.p95_hours)
    of_waves = _three(waved.p50_hours, waved.p80_hours, waved.p95_hours)
    least = f"no less than {hours(rolling.optimal_hours)}"
    if of_rolling == of_waves:
        yield f"- Both models: {of_rolling}; {least}"
    else:
        yield f"- Rolling frontier: {of_rolling}; {least}"
        yield f"- In waves: {of_waves}"
    before, after = rolling.p50_hours, waved.p50_hours
    if before == after:
        asked = plan.tasks.meta.execution_model
        yield f"- Both take {hours(after)} (P50), so it stays with what was asked for: `{asked}`"
    elif after < before:
        yield f"- {1 - after / before:.0%} faster in waves ({hours(after)} against {hours(before)}, P50)"


def _three(p50: float, p80: float | None, p95: float) -> str:
    return f"{hours(p50)} (P50), {hours(p80)} (P80), {hours(p95)} (P95)"


def _order(rolling: RollingFrontier) -> Iterator[str]:
    """Tell of an order that was searched for the plan, and why it is kept."""
    order = rolling.config.planned_order
    if order is None:
        return
    means = {trial.window_hours: trial.mean_hours for trial in order.trials}
    why = ""
    if order.window_hours in means and None in means:
        why = (
            f": {hours(means[order.window_hours])} on average over {order.draws_of_each_trial} "
            f"simulated runs, {hours(means[None])} by longest path"
        )
    yield (
        f"- The rolling frontier keeps to an order searched for this plan, and starts a task at most "
        f"{hours(order.window_hours)} before its turn{why}"
    )


def _codebase(plan: Plan) -> Iterator[str]:
    analysis = plan.tasks.meta.codebase_analysis
    if analysis is None:
        return
    yield from _size(analysis)
    reusing = [task.id for task in plan.tasks.tasks if task.reuses_existing is not None]
    if reusing:
        share = len(reusing) / len(plan.tasks.tasks)
        yield f"- Built on what exists: {share:.0%} of the tasks ({listed(reusing)})"
    for what, names in (
        ("Existing interfaces", analysis.existing_apis),
        ("Reused components", analysis.reused_components),
        ("Extension points", analysis.extension_points),
    ):
        if names:
            yield f"- {what} ({len(names)}): {listed(names)}"
    for name, resource in sorted(analysis.shared_resources.items()):
        many = "exclusive" if resource.type == "exclusive" else f"{resource.capacity or 1} at once"
        place = f" ({resource.location})" if resource.location else ""
        yield f"- Shared resource **{name}** ({many}): {resource.reason}{place}"
    if len(plan.tasks.tasks) > SMALL_PLAN:
        yield from _details(analysis)


def _size(analysis: CodebaseAnalysis) -> Iterator[str]:
    if analysis.languages:
        languages = ", ".join(
            f"{name} ({counted(count, 'file')})" for name, count in analysis.languages.items()
        )
        lines = f"; {analysis.source_lines} lines" if analysis.source_lines is not None else ""
        yield f"- Languages: {languages}{lines}, {counted(analysis.symbols or 0, 'symbol')}"
    if analysis.relevant_files:
        named = [f"`{found.path}`" for found in analysis.relevant_files]
        yield f"- What the documents are about: {listed(named, MOST_RELEVANT)}"


def _details(analysis: CodebaseAnalysis) -> Iterator[str]:
    """Yield what is worth its lines in a plan of some size only."""
    for command in (analysis.validation_commands or ())[:MOST_COMMANDS]:
        yield f"- Found the command `{command.script}` ({command.source or command.origin})"
    for message in (analysis.left_out or ())[:MOST_COMMANDS]:
        yield f"- Not looked at: {message}"


def _metrics(plan: Plan) -> Iterator[str]:
    metrics = plan.dag.metrics
    kept = ", ".join(f"{count} {kind}" for kind, count in metrics.keptByType.items())
    rows = [
        ("Tasks", f"{metrics.nodes}"),
        ("Dependencies", f"{metrics.edges}" + (f" ({kept})" if kept else "")),
        ("Edge density", f"{metrics.edgeDensity:.3f}"),
        ("Longest path", counted(metrics.longestPath, "stage")),
        ("Most tasks side by side", _width(metrics)),
        ("Titles that begin with a verb", _percent(metrics.verbFirstPct)),
        ("Evidence coverage", _percent(metrics.evidenceCoveragePct)),
        ("Estimates by the sizing rule", _percent(metrics.estimatesBySizingRulePct)),
        ("Tasks that need a shared resource", f"{metrics.resourceConstrainedTasks}"),
        ("Possible overlaps", f"{metrics.meceOverlapSuspects or 0} tasks"),
    ]
    if metrics.nodes <= SMALL_PLAN:
        yield "; ".join(f"{name.lower()}: {value}" for name, value in rows[1:8])
    else:
        yield from table(("Metric", "Value"), rows)


def _width(metrics: DagMetrics) -> str:
    if metrics.widthExact is None:
        return f"{metrics.widthApprox} ({metrics.widthMethod})"
    if metrics.widthExact == metrics.widthApprox:
        return f"{metrics.widthExact}"
    return f"{metrics.widthExact} ({metrics.widthApprox} in one layer of the graph)"


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.0%}"


def _tasks(plan: Plan, origins: Mapping[str, EstimateOrigin]) -> Iterator[str]:
    yield from task_table(plan.tasks, origins)
    graph = mermaid_graph(plan.tasks)
    if graph:
        yield ""
        yield from graph
    for what, commands in (("Set-up", plan.tasks.meta.setup), ("Verified by", plan.tasks.meta.verify)):
        if commands:
            shown = ", ".join(f"`{item.script.strip().splitlines()[0]}` ({item.origin})" for item in commands)
            yield ""
            yield f"{what}: {shown}"


def _waves(waved: WaveBased) -> Iterator[str]:
    for wave in waved.waves[:MOST_WAVES]:
        quantiles = _quantiles(wave.estimates)
        held = ", ".join(f"{name} {amount:g}" for name, amount in wave.resource_usage.items())
        needs = f"; in sum: {held}" if held else ""
        yield f"- Wave {wave.waveNumber}{quantiles}: {listed(wave.tasks, 30)}{needs}"
    if len(waved.waves) > MOST_WAVES:
        yield f"- and {len(waved.waves) - MOST_WAVES} more waves, see waves.json"
    if (begins := beginning_of_waves(waved)) != BEHIND_FULL_BARRIERS:
        yield f"- A wave begins {begins}"


def _quantiles(hours_of: WaveEstimates | None) -> str:
    if hours_of is None:
        return ""
    p50, p80, p95 = hours(hours_of.p50Hours), hours(hours_of.p80Hours), hours(hours_of.p95Hours)
    return f" (P50 {p50}, P80 {p80}, P95 {p95})"


def _frontier(plan: Plan) -> Iterator[str]:
    rolling = plan.waves.execution_models.rolling_frontier
    if not rolling.initial_frontier:
        return
    yield f"- Starts with: {listed(rolling.initial_frontier)}"
    use = rolling.resource_utilization_forecast
    if use is not None and use.average_concurrency is not None:
        yield f"- Tasks at work: {use.average_concurrency:g} on average, {use.max_concurrency:g} at most"
    for wait in rolling.critical_resource_contentions:
        yield (
            f"- Wait for **{wait.resource}**: {counted(wait.contention_points, 'task')}, "
            f"{hours(wait.estimated_wait_time_hours)} in sum"
        )
    if len(plan.tasks.tasks) > SMALL_PLAN:
        yield from _timeline(rolling)


def _timeline(rolling: RollingFrontier) -> Iterator[str]:
    moments = rolling.execution_simulation or {}
    rows = [
        (
            name.removeprefix("time_"),
            listed(moment.running, 8) or "-",
            listed(moment.ready, 8) or "-",
            f"{len(moment.completed or ())}",
        )
        for name, moment in moments.items()
    ]
    if rows:
        yield ""
        yield from table(("Time", "Running", "Ready, waiting", "Completed"), rows)


def _risks(plan: Plan) -> Iterator[str]:
    for kind, unused in (("Not sure enough", plan.dag.lowConfidenceDeps), ("Soft", plan.dag.softDeps)):
        for item in unused[:MOST_RISKS]:
            yield f"- {kind}: {item.from_} → {item.to} (confidence {item.confidence:g}): {item.reason}"
    doubtful = [
        item
        for item in plan.tasks.dependencies
        if item.isHard and plan.tasks.meta.min_confidence <= item.confidence < DOUBTFUL
        if item.type in PRECEDENCE_TYPES
    ]
    for edge in doubtful[:MOST_RISKS]:
        yield f"- Believed with {edge.confidence:g}: {edge.to} needs {edge.from_}: {edge.reason}"
    for task in plan.tasks.tasks:
        if task.risk:
            yield f"- {task.id}: {task.risk}"


def _bottlenecks(plan: Plan) -> Iterator[str]:
    for found in plan.dag.resource_bottlenecks:
        mitigation = f" {found.mitigation[0].upper()}{found.mitigation[1:]}." if found.mitigation else ""
        impact = plan.dag.metrics.resourceUtilization[found.resource].serialization_impact or found.impact
        yield f"- **{found.resource}** {impact}; {listed(found.affected_tasks)} need it.{mitigation}"
    for name, conflict in plan.tasks.resource_conflicts.items():
        order = f": {' → '.join(conflict.suggested_order)}" if conflict.suggested_order else ""
        yield f"- {name}, {conflict.resolution.replace('_', ' ')}{order}"


def _normalization(plan: Plan) -> Iterator[str]:
    for kind, entries in (
        ("Split", plan.tasks.meta.autonormalization.split),
        ("Merged", plan.tasks.meta.autonormalization.merged),
    ):
        for entry in entries:
            yield f"- {kind}: {entry}"


def _success(plan: Plan) -> Iterator[str]:
    tasks = plan.tasks.tasks
    checked = sum(bool(task.acceptance_checks) for task in tasks)
    estimated = sum(task.duration is not None for task in tasks)
    yield f"- {checked} of {len(tasks)} tasks have machine-verifiable checks, {estimated} have an estimate"
    general = [task.id for task in tasks if task.acceptance_checks and not _has_check_of_its_own(task)]
    if general:
        yield (
            "- No check of their own, only what verifies the whole codebase and may be green already: "
            f"{listed(general)}"
        )
    provenance = plan.waves.forecast_provenance
    if provenance is not None:
        yield (
            f"- Forecast: {provenance.draws} simulated executions, seed {provenance.seed}, "
            f"correlation {provenance.rho:g}"
        )
    for items, severity in ((plan.dag.errors, "error"), (plan.dag.warnings, "warning")):
        findings = [item for item in items if isinstance(item, Finding)]
        notes = [item for item in items if isinstance(item, str)]
        for text in (*(_finding(item) for item in condensed(findings, MOST_OF_A_RULE)), *notes):
            yield f"- **{severity}** {text}"


def _has_check_of_its_own(task: Task) -> bool:
    return any(check.origin != "survey" for check in task.acceptance_checks)


def _finding(item: Finding) -> str:
    line = f":{item.line}" if item.line is not None else ""
    place = f"{item.file}{line}: " if item.file and (item.line or item.task is None) else ""
    return f"{place}{item.message} [{item.rule}]"
