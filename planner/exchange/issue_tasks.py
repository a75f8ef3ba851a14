"""Issues become tasks: the title is the task, the body a document about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from planner.draft import SourceText
from planner.drafting.acting_fences import ActingFence, find_acting_fences, suspicious_fences
from planner.drafting.document_tasks import DocumentTasks
from planner.drafting.draft_features import DraftFeatures
from planner.drafting.open_questions import open_questions
from planner.drafting.plan_options import PlanLevel
from planner.drafting.runbook_tasks import fence_in_task, task_of_fences
from planner.drafting.statements import find_statements
from planner.drafting.task_headline import Headline
from planner.drafting.task_options import GivenOptions
from planner.drafting.task_seed import ISSUES, TaskSeed
from planner.drafting.task_words import PRIORITIES
from planner.exchange.imported_tasks import ImportedTasks, title_of_file
from planner.exchange.issue_document import issue_document, title_range
from planner.exchange.issue_list import Issue, IssueList, read_issue_list
from planner.exchange.plan_export import DONE_WHEN
from planner.intake.markdown_outline import Outline
from planner.intake.secret_redaction import redact
from planner.intake.source_document import reading_findings
from planner.intake.source_evidence import evidence
from planner.intake.source_lines import read_lines
from schemas.dag import Finding
from schemas.errors import InvalidArguments
from schemas.features import Feature, PriorityName
from schemas.identifiers import check_identifier
from schemas.plan import PLAN_ID_PATTERN

OWN_ID = re.compile(r"(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{0,63}): +(?=\S)")
PRIORITY = re.compile(r"priority\s*[:/=-]\s*(?P<word>\w+)", re.IGNORECASE)
ADDED = re.compile(r"- \[[ xX]\] |>(?: |$)|Depends on .*\.$|\s*$")
FEATURE = "F001"


def read_issue_tasks(source: SourceText) -> ImportedTasks:
    """Return the tasks of a list of issues, one for each that is open.

    Raises:
        InvalidArguments: it is no list of issues, none is open, or a fence in one cannot be used.
    """
    listed = read_issue_list(source)
    if not listed.issues:
        raise InvalidArguments(
            f"{source.name}: there is no open issue among {listed.closed + listed.pull_requests}",
            hint="import a list with open issues",
        )
    lines = read_lines(source.text)
    documents = [_tasks(issue, issue_document(source, lines, issue)) for issue in listed.issues]
    noted = (*documents[0].findings, *reading_findings(source), *_left_out(source, listed))
    documents[0] = replace(documents[0], findings=noted)
    title = title_of_file(source)
    feature = Feature(
        id=FEATURE,
        title=redact(title)[0],
        description=redact(title)[0],
        priority="medium",
        source_evidence=(evidence(documents[0].document, *title_range(listed.issues[0])),),
    )
    features = DraftFeatures((feature,), (FEATURE,) * len(documents))
    return ImportedTasks(source, tuple(documents), features, title)


def _left_out(source: SourceText, listed: IssueList) -> list[Finding]:
    counted = {"closed issues": listed.closed, "pull requests": listed.pull_requests}
    return [
        Finding(
            rule="left-out",
            severity="warning",
            message=f"{what} that were left out: {count}; {len(listed.issues)} open issues are planned",
            file=source.name,
        )
        for what, count in counted.items()
        if count
    ]


def _tasks(issue: Issue, document: Outline) -> DocumentTasks:
    findings = [*suspicious_fences(document), *open_questions(document)]
    fences = tuple(_fence(document, fence, findings) for fence in find_acting_fences(document))
    ours = _written_by_us(document) if _is_ours(issue) else frozenset()
    seed = _seed(issue, document, fences, ours)
    statements = find_statements(document)
    return DocumentTasks(
        document,
        "runbook" if fences else "prose",
        PlanLevel(),
        (seed,),
        tuple(findings),
        statements=tuple(item for item in statements if document.line_of(item.start) not in ours),
    )


def _fence(document: Outline, fence: ActingFence, findings: list[Finding]) -> ActingFence:
    if fence.action == "plan":
        raise InvalidArguments(
            f"{document.source.name}:{fence.line}: "
            "`yaml plan` stands in an issue, and is about the whole plan",
            hint="write its keys as options of this command, or write a runbook",
        )
    return fence_in_task(document, fence, findings)


def _is_ours(issue: Issue) -> bool:
    return any(re.fullmatch(PLAN_ID_PATTERN, label) for label in issue.labels)


def _seed(issue: Issue, document: Outline, fences: tuple[ActingFence, ...], ours: frozenset[int]) -> TaskSeed:
    title = " ".join(issue.title.split())
    own = OWN_ID.match(title) if _is_ours(issue) else None
    identifier = _identifier(own["id"] if own else None, issue)
    body = tuple(
        number
        for number, block in enumerate(document.blocks[1:], start=1)
        if not (block.quoted and block.first_line in ours)
    )
    seed = task_of_fences(document, 0, fences, body)
    options = seed.options.model_copy(
        update={
            "id": seed.options.id or identifier,
            "priority": seed.options.priority or _priority(issue.labels),
        }
    )
    title = title[own.end() :] if own else title
    return replace(
        seed,
        headline=Headline(title=title),
        quotes=(title_range(issue),),
        given=GivenOptions(options, seed.given.lines, seed.given.after_lines),
        description=_description(document, fences, ours) or title,
        series=ISSUES,
        number=(issue.number,) if issue.number is not None else (),
    )


def _identifier(own: str | None, issue: Issue) -> str | None:
    """Return the id that we gave to a task, else one by the number of the issue; else the plan gives one."""
    if own is not None:
        try:
            return check_identifier(own)
        except ValueError:
            own = None
    return f"issue-{issue.number}" if issue.number is not None else None


def _priority(labels: Sequence[str]) -> PriorityName | None:
    words = (match["word"].lower() for label in labels if (match := PRIORITY.fullmatch(label.strip())))
    return next((PRIORITIES[word] for word in words if word in PRIORITIES), None)


def _written_by_us(document: Outline) -> frozenset[int]:
    """Return the lines that an export added to the description of a task, by number."""
    lines = {number: document.lines[number - 1] for number in range(2, len(document.lines.starts) + 1)}
    begin = max((number for number, line in lines.items() if line == DONE_WHEN), default=None)
    if begin is None:
        return frozenset()
    return frozenset(
        number
        for number, line in lines.items()
        if number == begin or (number > begin and ADDED.match(line) is not None)
    )


def _description(document: Outline, fences: Sequence[ActingFence], ours: frozenset[int]) -> str:
    """Return the body without the fences that act, and without what is said elsewhere in the task."""
    acting = {
        line for fence in fences for line in range(fence.line, document.blocks[fence.block].last_line + 1)
    }
    numbers = range(2, len(document.lines.starts) + 1)
    kept = (document.lines[number - 1] for number in numbers if number not in acting | ours)
    return "\n".join(kept).strip()
