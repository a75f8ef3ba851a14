"""Draft a plan from documents, without a model: what the authors wrote, and named defaults for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.codebase.survey import Survey
from planner.draft import Draft, SourceText
from planner.drafting.document_tasks import DocumentTasks, find_tasks, read_document
from planner.drafting.draft_features import DraftFeatures, find_features, title_heading
from planner.drafting.drafting_findings import estimate_findings, executor_findings, survey_findings
from planner.drafting.existing_parts import TaskReuse, find_reuse, reuse_findings
from planner.drafting.plan_levels import combined
from planner.drafting.precedence import find_dependencies
from planner.drafting.precedence_reach import PrecedenceReach
from planner.drafting.prose_references import LIKE_AN_ID
from planner.drafting.resource_dependencies import resource_dependencies
from planner.drafting.resource_needs import ResourceNeeds, add_file_needs, add_surveyed_needs, stated_needs
from planner.drafting.stated_order import StatedOrder
from planner.drafting.statement_owners import StatementOwners, traced_statements, uncovered_findings
from planner.drafting.task_headline import plain_title, read_headline, shortened
from planner.drafting.task_ids import assign_ids
from planner.drafting.task_list_tasks import parallel_findings
from planner.drafting.task_names import NamedTask, TaskNames
from planner.drafting.task_record import TaskPlacement, task_record
from planner.drafting.task_scopes import scope_of
from planner.drafting.task_seed import TaskSeed
from planner.drafting.task_sizes import size_of
from planner.exchange.task_list_reading import read_task_list
from planner.intake.secret_redaction import redact
from schemas.dag import Finding
from schemas.errors import InvalidArguments
from schemas.plan import Drafter
from schemas.settings import PlanSettings
from schemas.tasks import Autonormalization, SharedResource, Task

FORMS = (
    "write tasks as headings or list items with a fence that acts (`sh run`, `sh check`, `diff apply`, "
    "`yaml task`), as a checklist (- [ ] Add the parser), or as sentences with MUST, SHALL or SHOULD"
)
MOST_TASKS, MOST_ORDER = 10_000, 100_000
SPLIT = f"plan parts of it one after the other; a plan has at most {MOST_TASKS:,} tasks"
LISTS = (
    "write tasks as `- [ ] T001 [P] [US1] text with a path` below `## Phase 1: Setup`, or as "
    "`- [ ] 1.1 text`; "
    "or leave out --drafter to have the document read as what it is"
)
WAYS_ON = (
    "write down what is to be done and name the file with -f: a runbook, a checklist, requirements or a "
    "tasks.md; to have a description alone worked out, configure a model and use --drafter model"
)


def draft_from_documents(
    sources: tuple[SourceText, ...],
    survey: Survey,
    settings: PlanSettings,
    title: str | None,
    drafter: Drafter | None = None,
) -> Draft:
    """Return the draft of a plan that does what the documents ask for, with evidence for all of it.

    Args:
        sources: the documents, in order.
        survey: what is known of the codebase.
        settings: how sizes become hours, and from which confidence on a dependency is an edge.
        title: the title of the plan, if the user gave one.
        drafter: `tasks-md` to plan what lists of tasks say and nothing else, `document` to read lists like
            any document; without one, lists are read as such, and other documents are their background.

    Raises:
        InvalidArguments: there is no document, nothing was found in them, or something in them is wrong.
    """
    if not sources:
        raise InvalidArguments("a description alone cannot be planned without a model", hint=WAYS_ON)
    return draft_from_tasks(sources, _read(sources, drafter), survey, settings, title)


def draft_from_tasks(
    sources: tuple[SourceText, ...],
    documents: Sequence[DocumentTasks],
    survey: Survey,
    settings: PlanSettings,
    title: str | None,
    features: DraftFeatures | None = None,
) -> Draft:
    """Return the draft of a plan of tasks that were found in documents.

    Args:
        sources: the files, as read.
        documents: the tasks that were found in them.
        survey: what is known of the codebase.
        settings: how sizes become hours, and from which confidence on a dependency is an edge.
        title: the title of the plan, if there is a better one than what the documents say.
        features: the features of the tasks; without them, the sections of the documents.

    Raises:
        InvalidArguments: there are too many tasks, or what they say of each other contradicts itself.
    """
    check_extent(sources, documents)
    level = combined([(document.document.source.name, document.level) for document in documents])
    draft = Draft(
        drafter="tasks-md" if any(document.form == "list" for document in documents) else "document",
        title=redact(title.strip())[0] if title and title.strip() else _title(documents[0]),
        sources=sources,
        setup=level.setup,
        verify=level.verify or survey.default_verify(),
        codebase=survey.analysis,
        max_concurrent=level.max_concurrent,
        branch=level.branch,
        autonormalization=_divisions(documents),
        findings=(*survey_findings(survey), *(item for document in documents for item in document.findings)),
    )
    draft = _with_tasks(draft, documents, survey, settings, level.resources, features)
    return replace(draft, findings=tuple(_without_secrets(finding) for finding in draft.findings))


def check_extent(sources: Sequence[SourceText], documents: Sequence[DocumentTasks]) -> None:
    """Refuse what is too large for one plan.

    Raises:
        InvalidArguments: there are more tasks, or more is said about their order, than a plan can hold.
    """
    tasks = sum(len(document.seeds) for document in documents)
    order = sum(len(document.order) for document in documents)
    if tasks > MOST_TASKS or order > MOST_ORDER:
        what = f"{tasks:,} tasks" if tasks > MOST_TASKS else f"{order:,} dependencies"
        names = ", ".join(source.name for source in sources)
        raise InvalidArguments(f"{names}: {what} are too many for one plan", hint=SPLIT)


def _divisions(documents: Sequence[DocumentTasks]) -> Autonormalization:
    divided = tuple(redact(line)[0] for document in documents for line in document.divided)
    return Autonormalization(split=divided) if divided else Autonormalization()


def _read(sources: Sequence[SourceText], drafter: Drafter | None) -> tuple[DocumentTasks, ...]:
    read = tuple(
        read_document(source, None if drafter == "document" else read_task_list(source.name, source.text))
        for source in sources
    )
    has_list = any(document.form == "list" for document in read)
    if drafter == "tasks-md" and not has_list:
        names = ", ".join(source.name for source in sources)
        raise InvalidArguments(f"{names}: this is no list of tasks with ids", hint=LISTS)
    documents = tuple(find_tasks(document, is_background=has_list) for document in read)
    if not any(document.seeds for document in documents):
        raise _nothing_found(documents)
    return documents


def _with_tasks(
    draft: Draft,
    documents: Sequence[DocumentTasks],
    survey: Survey,
    settings: PlanSettings,
    declared: dict[str, SharedResource],
    features: DraftFeatures | None,
) -> Draft:
    """Return the draft with features, tasks, dependencies and resources."""
    seeds = tuple(seed for document in documents for seed in document.seeds)
    ids = assign_ids(seeds)
    settled = frozenset(name for document in documents for name in document.settled)
    dependencies, unclear = find_dependencies(
        seeds, _names(documents, seeds, ids), tuple(_order(documents)), settled
    )
    scopes = tuple(scope_of(seed, survey) for seed in seeds)
    reach = PrecedenceReach(ids, dependencies, settings.min_confidence)
    shared = survey.analysis.shared_resources
    needs = add_surveyed_needs(stated_needs(seeds, declared, shared), scopes, shared)
    needs = add_file_needs(needs, scopes, reach)
    features = features or _features(documents, seeds)
    sizes = tuple(size_of(seed, settings) for seed in seeds)
    reuses = tuple(find_reuse(seed, scope, survey) for seed, scope in zip(seeds, scopes, strict=True))
    placements = _placements(draft, ids, features.of_task, needs)
    tasks = tuple(
        _building_on(task_record(seed, placement, size, scope), reuse)
        for seed, placement, size, scope, reuse in zip(seeds, placements, sizes, scopes, reuses, strict=True)
    )
    statements = traced_statements(
        [(document.document, document.statements) for document in documents], StatementOwners(seeds, ids)
    )
    found = (
        *unclear,
        *parallel_findings(seeds, ids, scopes),
        *estimate_findings(seeds, ids),
        *executor_findings(seeds, ids),
        *reuse_findings(seeds, ids, reuses),
        *uncovered_findings(statements, draft.findings),
    )
    return replace(
        draft,
        features=features.features,
        tasks=tasks,
        dependencies=(*dependencies, *resource_dependencies(needs, seeds, ids)),
        resources=needs.resources,
        estimate_origins={task: size.duration_origin for task, size in zip(ids, sizes, strict=True)},
        statements=statements,
        findings=(*draft.findings, *found),
    )


def _features(documents: Sequence[DocumentTasks], seeds: Sequence[TaskSeed]) -> DraftFeatures:
    titles = [_title(document) for document in documents]
    return find_features([document.document for document in documents], seeds, titles)


def _order(documents: Sequence[DocumentTasks]) -> Iterator[StatedOrder]:
    """Yield the order that the documents state, by the places of the tasks in the plan."""
    first = 0
    for document in documents:
        for said in document.order:
            yield replace(said, earlier=first + said.earlier, later=first + said.later)
        first += len(document.seeds)


def _without_secrets(finding: Finding) -> Finding:
    """Return a finding for files and logs: its message may repeat what the document says."""
    message, spans = redact(finding.message)
    return finding.model_copy(update={"message": message}) if spans else finding


def _building_on(task: Task, reuse: TaskReuse) -> Task:
    found = {"reuses_existing": reuse.record(), "nearest_existing": reuse.neighbour()}
    return task.model_copy(update={key: value for key, value in found.items() if value is not None})


def _placements(
    draft: Draft, ids: Sequence[str], features: Sequence[str], needs: ResourceNeeds
) -> list[TaskPlacement]:
    return [
        TaskPlacement(
            id=task,
            feature_id=feature,
            exclusive=needs.exclusive_of(place),
            shared=needs.shared_of(place),
            verify=draft.verify,
        )
        for place, (task, feature) in enumerate(zip(ids, features, strict=True))
    ]


def _names(documents: Sequence[DocumentTasks], seeds: Sequence[TaskSeed], ids: Sequence[str]) -> TaskNames:
    numbers = [number for number, document in enumerate(documents) for _ in document.seeds]
    return TaskNames(
        [
            NamedTask(
                id=task,
                document=number,
                title=seed.headline.title,
                label=seed.headline.label,
                series=seed.series,
                number=seed.number,
                section=_section_number(seed),
            )
            for task, number, seed in zip(ids, numbers, seeds, strict=True)
        ],
        short_ids=not any(_numbers_like_ours(document) for document in documents),
    )


def _section_number(seed: TaskSeed) -> tuple[int, ...]:
    owner = None if seed.owner is None else seed.document.blocks[seed.owner]
    return read_headline(owner.text).number if owner is not None and owner.kind == "heading" else ()


def _numbers_like_ours(document: DocumentTasks) -> bool:
    """Return whether a document calls something T003 by itself, be it done or no task at all."""
    labels = (
        read_headline(block.text).label
        for block in document.document.blocks
        if block.kind in ("heading", "item")
    )
    return any(label is not None and LIKE_AN_ID.fullmatch(label) for label in labels)


def _title(document: DocumentTasks) -> str:
    """Return the title of a document: as it says, else its first heading, else its file's name."""
    outline = document.document
    heading = title_heading(outline)
    headings = [block.text for block in outline.blocks if block.kind == "heading" and block.text.strip()]
    found = outline.blocks[heading].text if heading is not None else next(iter(headings), "")
    name = outline.source.name.rsplit(".", 1)[0]
    return document.level.title or redact(shortened(plain_title(found)))[0] or name or "Plan"


def _nothing_found(documents: Sequence[DocumentTasks]) -> InvalidArguments:
    names = ", ".join(document.document.source.name for document in documents)
    ticked = [item for document in documents for item in document.findings if item.rule == "already-ticked"]
    if ticked:
        return InvalidArguments(f"{names}: every box is ticked, so that nothing is left to do", hint=FORMS)
    return InvalidArguments(f"{names}: no task was found", hint=FORMS)
