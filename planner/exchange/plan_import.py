"""A plan that another program or a model wrote: which form it has, and the plan that is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from planner.codebase.source_reading import SurveyOptions
from planner.codebase.survey import Survey, survey
from planner.draft import Draft, SourceText
from planner.drafting.document_drafter import draft_from_documents, draft_from_tasks
from planner.exchange.file_fences import has_file_fences
from planner.exchange.imported_tasks import ImportedTasks
from planner.exchange.issue_list import looks_like_issues
from planner.exchange.issue_tasks import read_issue_tasks
from planner.exchange.task_list_reading import task_list_dialect
from planner.exchange.task_table import read_task_table, table_head
from planner.make_plan import MadePlan, make_plan, with_relevant_files
from schemas.errors import InvalidArguments
from schemas.settings import PlanSettings, Settings

FENCES, ISSUES, TABLE, LIST = "fences", "github-issues", "csv", "tasks-md"
FORMS = (FENCES, ISSUES, LIST, TABLE)
READERS: Mapping[str, Callable[[SourceText], ImportedTasks]] = MappingProxyType(
    {ISSUES: read_issue_tasks, TABLE: read_task_table}
)


def form_of(source: SourceText) -> str:
    """Return in which of the `FORMS` a plan is written, by what it holds.

    Raises:
        InvalidArguments: it is in none of them.
    """
    if has_file_fences(source.text):
        return FENCES
    if looks_like_issues(source.text):
        return ISSUES
    if table_head(source.text) is not None:
        return TABLE
    if task_list_dialect(source.name, source.text) is not None:
        return LIST
    raise InvalidArguments(
        f"{source.name}: this is in no form of a plan that is known here",
        hint="import a document with ---file:NAME lines, issues as JSON, a table with a column `title`, or a "
        "list of tasks with ids, and name its form with --format; plan any other document: tasks plan -f",
    )


def plan_from_import(  # noqa: PLR0913 - all that a plan is made from
    source: SourceText,
    form: str,
    codebase: Path,
    settings: Settings,
    title: str | None,
    timestamp: str,
    options: SurveyOptions,
) -> MadePlan:
    """Survey a codebase and turn issues, a table or a list of tasks into a plan.

    Args:
        source: the file, as read.
        form: one of the `FORMS`, but `fences`: such a plan is made already.
        codebase: the root of the repository the plan is for.
        settings: thresholds, limits and sizes.
        title: the plan's title; without one, that of the list, else the name of the file.
        timestamp: when the plan is made (UTC, ISO 8601).
        options: how the codebase is surveyed.

    Raises:
        InvalidArguments: something in the file cannot be used.
        CodebaseAnalysisFailed: when the codebase cannot be read.
    """
    surveyed = survey(codebase, options)
    draft = draft_from_import(source, form, surveyed, settings.plan, title)
    draft = with_relevant_files(draft, surveyed)
    return MadePlan(make_plan(draft, settings, timestamp), draft)


def draft_from_import(
    source: SourceText, form: str, surveyed: Survey, settings: PlanSettings, title: str | None
) -> Draft:
    """Return the draft of a plan of the tasks that a file holds; see `plan_from_import`."""
    if form == LIST:
        return draft_from_documents((source,), surveyed, settings, title, "tasks-md")
    read = READERS[form](source)
    named = title if title and title.strip() else read.title
    return draft_from_tasks((source,), read.documents, surveyed, settings, named, read.features)
