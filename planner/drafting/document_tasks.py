"""Find the tasks of one document, in the first form that it has: runbook, checklist or requirements."""

from __future__ import annotations

from dataclasses import dataclass

from planner.draft import SourceText
from planner.drafting.acting_fences import find_acting_fences, suspicious_fences
from planner.drafting.checklist_tasks import checklist_tasks, not_planned, ticked_items
from planner.drafting.plan_options import PlanLevel, read_plan_level
from planner.drafting.requirement_tasks import requirement_tasks
from planner.drafting.runbook_tasks import assign_fences, runbook_tasks
from planner.drafting.task_seed import TaskSeed
from planner.intake.markdown_outline import Outline
from planner.intake.markdown_reading import read_outline
from planner.intake.source_document import reading_findings
from schemas.dag import Finding


@dataclass(frozen=True, slots=True)
class DocumentTasks:
    """One document, the tasks that were found in it, and what it says about the whole plan."""

    document: Outline
    level: PlanLevel
    seeds: tuple[TaskSeed, ...]
    findings: tuple[Finding, ...]


def read_document(source: SourceText) -> DocumentTasks:
    """Return the tasks of a document in the order of the text; none when it has none of the forms.

    Raises:
        InvalidArguments: an acting fence, or an option in one, cannot be used; with document and line.
    """
    document = read_outline(source)
    fences = find_acting_fences(document)
    owners = assign_fences(document, fences)
    plan_fences = [fence for fence in owners.plan if fence.action == "plan"]
    commands = [fence for fence in owners.plan if fence.action != "plan"]
    level = read_plan_level(document, plan_fences, commands, acts=bool(fences))
    findings = [*reading_findings(source), *suspicious_fences(document), *owners.findings, *level.findings]
    if owners.tasks:
        seeds = runbook_tasks(document, owners.tasks)
    else:
        seeds = checklist_tasks(document)
        findings += _ticked(document)
        if not seeds:
            seeds = requirement_tasks(document)
        if not seeds:
            seeds = requirement_tasks(document, any_case=True)
            findings += [_lower_case(seed) for seed in seeds[:1]]
    findings += not_planned(document, seeds)
    return DocumentTasks(document, level, seeds, tuple(findings))


def _ticked(document: Outline) -> list[Finding]:
    return [
        Finding(
            rule="already-ticked",
            severity="warning",
            message="this box is ticked: it is taken as done and is no task",
            file=document.source.name,
            line=document.blocks[number].first_line,
        )
        for number in ticked_items(document)
    ]


def _lower_case(first: TaskSeed) -> Finding:
    message = "no MUST, SHALL or SHOULD is in capitals, so these words were taken as requirements in any case"
    return Finding(
        rule="requirements-in-lower-case",
        severity="warning",
        message=message,
        file=first.document.source.name,
        line=first.line,
    )
