"""Find the tasks of one document: those of a list or a runbook, else what it lists as work and requires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from planner.draft import SourceText
from planner.drafting.acting_fences import ActingFence, find_acting_fences, suspicious_fences
from planner.drafting.checkboxes import not_planned, ticked_items
from planner.drafting.document_order import order_in_document, order_in_list
from planner.drafting.open_questions import open_questions
from planner.drafting.plan_options import PlanLevel, read_plan_level
from planner.drafting.prose_tasks import prose_tasks
from planner.drafting.runbook_tasks import FenceOwners, assign_fences, runbook_tasks
from planner.drafting.stated_order import StatedOrder
from planner.drafting.statements import TICKED, StatedNeed, find_statements, speaks_in_capitals
from planner.drafting.task_list_tasks import listed_tasks
from planner.drafting.task_seed import TaskSeed
from planner.exchange.task_list import TaskList
from planner.intake.markdown_outline import Outline
from planner.intake.markdown_reading import read_outline
from planner.intake.source_document import reading_findings
from schemas.dag import Finding

Form = Literal["list", "runbook", "prose"]


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that was read, and in which form it gives tasks: as a list, a runbook or prose."""

    document: Outline
    form: Form
    level: PlanLevel
    owners: FenceOwners
    findings: tuple[Finding, ...]
    task_list: TaskList | None = None


@dataclass(frozen=True, slots=True)
class DocumentTasks:
    """One document, the tasks that were found in it, and what it says about the whole plan.

    `order` is what it says about the order of its tasks outside of them, `settled` the names of tasks that
    are done already, `statements` all that it asks for, `divided` which sections became several tasks.
    """

    document: Outline
    form: Form
    level: PlanLevel
    seeds: tuple[TaskSeed, ...]
    findings: tuple[Finding, ...]
    order: tuple[StatedOrder, ...] = ()
    settled: frozenset[str] = field(default_factory=frozenset)
    statements: tuple[StatedNeed, ...] = ()
    divided: tuple[str, ...] = ()


def read_document(source: SourceText, task_list: TaskList | None = None) -> ReadDocument:
    """Return a document with its form; a list of tasks with fences that act is a runbook.

    Raises:
        InvalidArguments: an acting fence, or an option in one, cannot be used; with document and line.
    """
    document = read_outline(source)
    fences: tuple[ActingFence, ...] = find_acting_fences(document)
    owners = assign_fences(document, fences)
    plan_fences = [fence for fence in owners.plan if fence.action == "plan"]
    commands = [fence for fence in owners.plan if fence.action != "plan"]
    level = read_plan_level(document, plan_fences, commands, acts=bool(fences))
    findings = (*reading_findings(source), *suspicious_fences(document), *owners.findings, *level.findings)
    form: Form = "runbook" if owners.tasks else "list" if task_list is not None else "prose"
    return ReadDocument(document, form, level, owners, findings, task_list)


def find_tasks(read: ReadDocument, *, is_background: bool = False) -> DocumentTasks:
    """Return the tasks of a document in the order of the text; none when it has none of the forms.

    Prose that is only the background of a list of tasks gives no tasks: what it asks for is looked up in
    the list.

    Raises:
        InvalidArguments: an option of a task cannot be used; with document and line.
    """
    document = read.document
    found = DocumentTasks(
        document, read.form, read.level, (), read.findings, statements=find_statements(document)
    )
    if read.form == "list" and read.task_list is not None:
        return _of_list(found, read.task_list)
    if read.form == "runbook":
        return _with_findings(replace(found, seeds=runbook_tasks(document, read.owners.tasks)))
    if is_background:
        return found
    seeds, divided = prose_tasks(document, found.statements)
    order = order_in_document(document, seeds)
    findings = (
        *_ticked(document),
        *_lower_case(document, found.statements, seeds),
        *order.findings,
        *open_questions(document),
    )
    prose = replace(found, seeds=seeds, divided=tuple(divided), order=order.order)
    return _with_findings(replace(prose, findings=(*found.findings, *findings)))


def _of_list(found: DocumentTasks, tasks: TaskList) -> DocumentTasks:
    listed = listed_tasks(found.document, tasks)
    lines = order_in_list(found.document, tasks, listed.named, listed.settled)
    done = {
        place.line
        for task in (*tasks.tasks, *tasks.parents)
        if task.state != "open"
        for place in (task.place, *task.details)
    }
    return replace(
        found,
        statements=tuple(
            replace(item, reason=TICKED) if found.document.line_of(item.start) in done else item
            for item in found.statements
        ),
        seeds=listed.seeds,
        order=(*listed.order, *lines.order),
        settled=listed.settled,
        findings=(*found.findings, *listed.findings, *lines.findings, *open_questions(found.document)),
    )


def _with_findings(found: DocumentTasks) -> DocumentTasks:
    return replace(found, findings=(*found.findings, *not_planned(found.document, found.seeds)))


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


def _lower_case(
    document: Outline, statements: Sequence[StatedNeed], seeds: Sequence[TaskSeed]
) -> list[Finding]:
    asked = [item for item in statements if item.kind == "requirement" and not item.label and not item.reason]
    if speaks_in_capitals(document) or not asked or not seeds:
        return []
    message = (
        "MUST, SHALL and SHOULD are not in capitals, or hardly ever, so these words were taken as "
        "requirements in any case"
    )
    return [
        Finding(
            rule="requirements-in-lower-case",
            severity="warning",
            message=message,
            file=document.source.name,
            line=document.line_of(asked[0].start),
        )
    ]
