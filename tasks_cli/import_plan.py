"""`tasks import`: a plan of another program or a model becomes a plan folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tasks_cli.plan_flags import plan_flags

if TYPE_CHECKING:
    from planner.draft import SourceText
    from tasks_cli.plan import PlanReport

FORMS = ("fences", "github-issues", "tasks-md", "csv")


@click.command("import")
@click.argument("file", metavar="FILE|-")
@click.option(
    "--format", "form", type=click.Choice(FORMS), help="What FILE is.  [default: found by its content]"
)
@click.option("--title", help="The plan's title.  [default: as FILE says, else its name]")
@plan_flags
@click.option("--force", is_flag=True, help="Replace a plan folder that was edited.")
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr what is done.")
@click.option("--json", "as_json", is_flag=True, help="Print {plan_dir, plan_id, drafter, tasks, warnings}.")
def command(
    file: str,
    form: str | None,
    title: str | None,
    force: bool,
    verbose: bool,
    as_json: bool,
    **flags: object,
) -> int:
    """Turn a plan that another program wrote into a plan folder, and print the folder.

    FILE is one document with ---file:NAME fences, issues as JSON, a list of tasks such as tasks.md, or a
    table (CSV): what `tasks export` writes, or a model, or `gh issue list --json`. `-` reads stdin.
    """
    from planner.exchange.plan_import import FENCES, form_of
    from tasks_cli.plan import end_with, read_document
    from tasks_cli.printing import print_note

    source = read_document(file)
    form = form or form_of(source)
    if verbose:
        print_note(f"importing {source.name} as {form}")
    report = (
        _fenced(source, title, flags, force=force)
        if form == FENCES
        else _planned(source, form, title, flags, force=force)
    )
    end_with(report, "the imported file", as_json=as_json)
    return 0


def _fenced(source: SourceText, title: str | None, flags: Mapping[str, object], *, force: bool) -> PlanReport:
    from dataclasses import replace

    from planner.exchange.fenced_plan import read_fenced_plan
    from planner.make_plan import MadePlan, make_plan
    from tasks_cli.kept_plans import keep_plan
    from tasks_cli.plan import PlanReport, timestamp_now
    from tasks_cli.plan_again import settings_of

    read = read_fenced_plan(source)
    draft = replace(read.draft, title=title.strip()) if title and title.strip() else read.draft
    settings = settings_of(read, flags)
    timestamp = timestamp_now()
    made = MadePlan(make_plan(draft, settings, timestamp), draft)
    return PlanReport(keep_plan(made, settings, timestamp, force=force), made)


def _planned(
    source: SourceText, form: str, title: str | None, flags: Mapping[str, object], *, force: bool
) -> PlanReport:
    from planner.codebase.facts_cache import FactsCache
    from planner.codebase.source_reading import SurveyOptions
    from planner.exchange.plan_import import plan_from_import
    from tasks_cli.kept_plans import keep_plan
    from tasks_cli.plan import PlanReport, plan_settings, timestamp_now
    from tasks_cli.survey_progress import survey_progress
    from workers.settings import state_folder

    settings = plan_settings(flags)
    codebase = Path(settings.plan.codebase_path)
    timestamp = timestamp_now()
    with survey_progress() as report:
        options = SurveyOptions(FactsCache(state_folder(settings)), report)
        made = plan_from_import(source, form, codebase, settings, title, timestamp, options)
    return PlanReport(keep_plan(made, settings, timestamp, force=force), made)
