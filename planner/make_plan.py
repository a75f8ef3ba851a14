"""From documents to a plan: the eight phases of seed 001, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from planner.codebase.relevant_files import relevant_files
from planner.codebase.source_reading import DEFAULT_OPTIONS, SurveyOptions
from planner.codebase.survey import Survey, survey
from planner.documents.decisions_document import decisions_document
from planner.documents.plan_document import plan_document
from planner.draft import Draft, SourceText
from planner.drafting.document_drafter import draft_from_documents
from planner.rules.plan_rules import validate
from planner.stages.artifact_seal import sealed, sealed_task, unsealed
from planner.stages.coordination import coordinator_file
from planner.stages.cycle_repairs import with_cycles_opened
from planner.stages.dependency_graph import dag_file
from planner.stages.execution_models import waves_file
from planner.stages.frontier_choice import frontier_choice
from planner.stages.resource_conflicts import with_resource_conflicts
from planner.stages.resource_impacts import resource_impacts
from planner.stages.scheduled_models import forecast_findings, scheduled_models
from schemas.dag import DagFile, Finding
from schemas.features import FeaturesFile
from schemas.plan import Drafter, Plan
from schemas.settings import PlanSettings, Settings
from schemas.tasks import ResourceLimits, TasksFile, TasksMeta


@dataclass(frozen=True, slots=True)
class MadePlan:
    """A plan, and the draft it was made from."""

    plan: Plan
    draft: Draft


def plan_from_documents(  # noqa: PLR0913 - all that a plan is made from
    sources: tuple[SourceText, ...],
    codebase: Path,
    settings: Settings,
    title: str | None,
    timestamp: str,
    options: SurveyOptions = DEFAULT_OPTIONS,
    *,
    drafter: Drafter | None = None,
) -> MadePlan:
    """Survey a codebase and turn documents into a plan.

    Args:
        sources: the documents, as read.
        codebase: the root of the repository the plan is for.
        settings: thresholds, limits and sizes.
        title: the plan's title; without one the document's.
        timestamp: when the plan is made (UTC, ISO 8601); the only part that differs between two runs.
        options: how the codebase is surveyed; the plan is the same with any of them.
        drafter: `document` or `tasks-md`; without one, what the documents are decides.

    Raises:
        CodebaseAnalysisFailed: when the codebase cannot be read.
        InvalidArguments: when the documents hold no task.
    """
    surveyed = survey(codebase, options)  # phase 1: the codebase and its shared resources
    options.report("drafting the plan", 0, 0)
    # phases 2 to 4: features, tasks, edges
    draft = draft_from_documents(sources, surveyed, settings.plan, title, drafter)
    draft = with_relevant_files(draft, surveyed)
    return MadePlan(make_plan(draft, settings, timestamp), draft)


def make_plan(draft: Draft, settings: Settings, timestamp: str) -> Plan:
    """Return the plan of a draft; the same draft, settings and timestamp give the same bytes.

    A plan that breaks a hard rule is returned too: with `ok: false` and the errors in dag.json, so that its
    author can see what to mend. `planner.rules.plan_rules.rejection` tells which error it is.
    """
    draft = with_shared_resources(draft)  # phase 1: what the survey and the documents say together
    draft = with_cycles_opened(draft, settings.plan.min_confidence)  # phase 6 needs it, phase 5 orders by it
    features = features_file(draft, timestamp)  # phase 2
    tasks = tasks_file(draft, settings.plan, timestamp)  # phases 3 and 4
    policy = frontier_choice(tasks, settings.plan, _seed(sealed(tasks)))  # phases 5 and 7 go by it
    tasks = sealed(with_resource_conflicts(tasks, policy))  # phase 5
    models = scheduled_models(tasks, settings.plan, policy, _seed(tasks))
    impacts = resource_impacts(tasks, models.schedule if models is not None else None, policy)
    noted = (*draft.findings, *forecast_findings(tasks))
    dag = dag_file(features, tasks, impacts, draft.estimate_origins, noted)  # phase 6
    waves = sealed(waves_file(tasks, models, settings.plan))  # phase 7
    coordinator = sealed(coordinator_file(tasks, settings))
    plan = Plan(features, tasks, sealed(dag), waves, coordinator, plan_document="", decisions_document="")
    plan = with_findings(plan)
    return with_documents(plan, draft)  # phase 8


def with_relevant_files(draft: Draft, surveyed: Survey) -> Draft:
    """Return the draft with the files its documents are about in its analysis of the codebase."""
    request = "\n".join((draft.title, *(source.text for source in draft.sources)))
    found = relevant_files(surveyed, request)
    if draft.codebase is None or not found:
        return draft
    return replace(draft, codebase=draft.codebase.model_copy(update={"relevant_files": found}))


def _seed(tasks: TasksFile) -> int:
    return int(tasks.generated.contentHash[:8], 16)


def with_shared_resources(draft: Draft) -> Draft:
    """Return the draft with the documents' resources beside the survey's, where tasks.json keeps them."""
    if draft.codebase is None or not draft.resources:
        return draft
    shared = {**draft.codebase.shared_resources, **draft.resources}
    return replace(draft, codebase=draft.codebase.model_copy(update={"shared_resources": shared}))


def features_file(draft: Draft, timestamp: str) -> FeaturesFile:
    """Return features.json, sealed."""
    file = FeaturesFile(generated=unsealed(timestamp), features=draft.features)
    return sealed(file.model_copy(update={"statements": draft.statements}) if draft.statements else file)


def tasks_file(draft: Draft, settings: PlanSettings, timestamp: str) -> TasksFile:
    """Return tasks.json with each task sealed; the file itself is not sealed yet."""
    at_once = draft.max_concurrent or settings.max_concurrent
    given = draft.meta or TasksMeta(
        execution_model=settings.execution_model,
        min_confidence=settings.min_confidence,
        resource_limits=ResourceLimits(max_concurrent_tasks=at_once),
    )
    stated = {
        "execution_model": settings.execution_model,
        "min_confidence": settings.min_confidence,
        "resource_limits": given.resource_limits.model_copy(update={"max_concurrent_tasks": at_once}),
        "autonormalization": draft.autonormalization,
        "codebase_analysis": draft.codebase,
        "title": draft.title or None,
        "branch": draft.branch,
        "sources": draft.source_documents() or None,
        "setup": draft.setup or None,
        "verify": draft.verify or None,
        "strict": settings.strict or None,
    }
    meta = given.model_copy(update={name: value for name, value in stated.items() if value is not None})
    return TasksFile(
        meta=meta,
        generated=unsealed(timestamp),
        tasks=tuple(sealed_task(task) for task in draft.tasks),
        dependencies=draft.dependencies,
    )


def with_findings(plan: Plan) -> Plan:
    """Return the plan with what all plan rules say about it in dag.json."""
    return replace(plan, dag=sealed(_judged(plan.dag, validate(plan))))


def with_documents(plan: Plan, draft: Draft) -> Plan:
    """Return the plan with its two documents."""
    return replace(
        plan,
        plan_document=plan_document(plan, draft.estimate_origins),
        decisions_document=decisions_document(plan, draft.estimate_origins),
    )


def _judged(dag: DagFile, findings: Iterable[Finding]) -> DagFile:
    found = tuple(findings)
    errors = tuple(finding for finding in found if finding.severity == "error")
    warnings = tuple(finding for finding in found if finding.severity != "error")
    return dag.model_copy(update={"ok": not errors, "errors": errors, "warnings": warnings})
