"""`tasks plan`: documents in, a plan folder out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tasks_cli.path_type import path
from tasks_cli.plan_flags import plan_flags

if TYPE_CHECKING:
    from planner.draft import SourceText
    from planner.make_plan import MadePlan
    from schemas.dag import Finding
    from schemas.plan import Drafter
    from schemas.settings import Settings

STDIN = "-"
MOST_SHOWN = 20
MOST_OF_A_RULE = 5


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What is said about a plan that was written."""

    plan_dir: Path
    made: MadePlan

    def as_json(self) -> dict[str, object]:
        """Return what `--json` prints."""
        plan = self.made.plan
        return {
            "plan_dir": str(self.plan_dir),
            "plan_id": plan.waves.planId,
            "drafter": self.made.draft.drafter,
            "ok": plan.dag.ok,
            "tasks": len(plan.tasks.tasks),
            "errors": [_as_json(finding) for finding in plan.dag.errors],
            "warnings": [_as_json(finding) for finding in plan.dag.warnings],
        }


@click.command("plan")
@click.argument("description", required=False)
@click.option(
    "-f", "--plan-doc", "documents", multiple=True, help="A specification; - reads stdin. Repeatable."
)
@plan_flags
@click.option(
    "--drafter",
    "--planner",
    type=click.Choice(["document", "tasks-md"]),
    help="Who drafts the plan.  [default: tasks-md for a list of tasks, else document]",
)
@click.option(
    "--from-plan",
    type=path,
    default=None,
    help="Compute a plan again whose tasks.json or features.json you have edited.",
)
@click.option(
    "--strict", is_flag=True, default=None, help="Do not count estimates by the sizing rule as estimates."
)
@click.option("-i", "--interactive", is_flag=True, help="Review the plan before it is written.")
@click.option("--force", is_flag=True, help="Replace a plan folder that was edited.")
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr what is done.")
@click.option("--json", "as_json", is_flag=True, help="Print {plan_dir, plan_id, drafter, tasks, warnings}.")
def command(
    description: str | None,
    documents: tuple[str, ...],
    drafter: Drafter | None,
    from_plan: Path | None,
    interactive: bool,
    force: bool,
    verbose: bool,
    as_json: bool,
    **flags: object,
) -> int:
    """Turn documents into a plan and print the plan's folder.

    With documents, DESCRIPTION is the plan's title.
    """
    from tasks_cli.plan_again import plan_again

    _check_source(description, documents, from_plan, interactive=interactive)
    _refuse_twice(documents)
    if from_plan is not None:
        report = PlanReport(*plan_again(from_plan, flags, timestamp_now(), force=force))
    else:
        sources = tuple(read_document(name) for name in documents)
        _refuse_plans(sources)
        making = _Making(plan_settings(flags), description, drafter, flags, force=force, verbose=verbose)
        report = _reviewed(making, sources) if interactive else _plan(making, sources)
    end_with(report, "the document" if from_plan is None else "tasks.json", as_json=as_json)
    if interactive:
        return _execute_if_wanted(report)
    return 0


def end_with(report: PlanReport, mend: str, *, as_json: bool) -> None:
    """Print the folder of a plan that was written, and say on stderr what there is to know about it.

    Raises:
        TasksError: the plan is rejected; it is kept.
    """
    from planner.rules.plan_rules import rejection
    from tasks_cli.printing import print_json, print_result

    if as_json:
        print_json(report.as_json())
    else:
        print_result(str(report.plan_dir))
    _say(report)
    rejected = rejection(_findings(report), mend)
    if rejected is not None:
        raise rejected


@dataclass(frozen=True, slots=True)
class _Making:
    """How a plan is made, whatever its documents."""

    settings: Settings
    title: str | None
    drafter: Drafter | None
    flags: Mapping[str, object]
    force: bool
    verbose: bool


def _check_source(
    description: str | None, documents: tuple[str, ...], from_plan: Path | None, *, interactive: bool
) -> None:
    context = click.get_current_context()
    if from_plan is not None and (description or documents or interactive):
        raise click.UsageError("--from-plan takes no document: the plan is its source", context)
    if from_plan is None and not description and not documents:
        raise click.UsageError("say what to plan: a document with -f, or a description", context)
    if interactive and STDIN in documents:
        raise click.UsageError("--interactive asks on stdin, so it cannot hold a document", context)


def _reviewed(making: _Making, sources: tuple[SourceText, ...]) -> PlanReport:
    from tasks_cli.interactive_plan import review_plan
    from tasks_cli.kept_plans import keep_plan, write_for_review

    timestamp = timestamp_now()

    def draft(documents: tuple[SourceText, ...], folder: Path) -> MadePlan:
        made = _made(making, documents)
        write_for_review(made, making.settings, folder, timestamp)
        return made

    made = review_plan(sources, draft, making.flags, timestamp)
    return PlanReport(keep_plan(made, making.settings, timestamp, force=making.force), made)


def _execute_if_wanted(report: PlanReport) -> int:
    from tasks_cli.command_line import tasks
    from tasks_cli.exit_status import exit_status
    from tasks_cli.interactive_plan import wants_execution

    return exit_status(tasks, ["execute", str(report.plan_dir)]) if wants_execution() else 0


def plan_settings(flags: Mapping[str, object]) -> Settings:
    """Return the settings with the flags of this command over them; a flag is named like its setting."""
    from schemas.settings import PlanSettings
    from workers.settings import load_settings, with_flags

    named = str(
        flags["codebase_path"] or os.environ.get("TASKS_CODEBASE_PATH") or PlanSettings().codebase_path
    )
    return with_flags(load_settings(os.environ, Path(named)), "plan", {**flags, "codebase_path": named})


def _refuse_twice(documents: tuple[str, ...]) -> None:
    """Refuse a document that is named twice: each of its tasks would be there twice."""
    from schemas.errors import InvalidArguments

    seen: set[str] = set()
    for name in documents:
        place = STDIN if name == STDIN else os.path.realpath(name)
        if place in seen:
            raise InvalidArguments(f"the document {name} is named twice", hint="take one -f away")
        seen.add(place)


def _refuse_plans(sources: tuple[SourceText, ...]) -> None:
    """Refuse a plan in one document: read as prose, it would become a plan to write a plan."""
    from planner.exchange.file_fences import is_fenced_plan
    from schemas.errors import InvalidArguments

    for source in sources:
        if is_fenced_plan(source.text):
            raise InvalidArguments(
                f"{source.name} is a plan already, in one document with ---file: lines",
                hint="make a plan folder of it: tasks import FILE",
            )


def read_document(name: str) -> SourceText:
    """Return the document that a user named; `-` is stdin.

    Raises:
        InvalidArguments: it cannot be read.
    """
    from planner.intake.source_document import MAX_BYTES, read_source, read_source_bytes

    if name == STDIN:
        return read_source_bytes(sys.stdin.buffer.read(MAX_BYTES + 1), "stdin")
    return read_source(Path(name))


def _plan(making: _Making, sources: tuple[SourceText, ...]) -> PlanReport:
    from tasks_cli.kept_plans import keep_plan
    from tasks_cli.printing import print_note

    timestamp = timestamp_now()
    made = _made(making, sources)
    plan_dir = keep_plan(made, making.settings, timestamp, force=making.force)
    if making.verbose:
        print_note(f"wrote {plan_dir}")
    return PlanReport(plan_dir, made)


def _made(making: _Making, sources: tuple[SourceText, ...]) -> MadePlan:
    from planner.codebase.facts_cache import FactsCache
    from planner.codebase.source_reading import SurveyOptions
    from planner.make_plan import plan_from_documents
    from tasks_cli.printing import print_note
    from tasks_cli.survey_progress import survey_progress
    from workers.settings import state_folder

    codebase = Path(making.settings.plan.codebase_path)
    if making.verbose:
        named = ", ".join(source.name for source in sources) or "the description"
        print_note(f"planning {named} for the codebase {codebase.resolve()}")
    with survey_progress() as report:
        options = SurveyOptions(FactsCache(state_folder(making.settings)), report)
        return plan_from_documents(
            sources,
            codebase,
            making.settings,
            making.title,
            timestamp_now(),
            options,
            drafter=making.drafter,
        )


def timestamp_now() -> str:
    """Return the time of the plan, UTC in ISO 8601: `SOURCE_DATE_EPOCH` when it is set, else now.

    Raises:
        InvalidArguments: when `SOURCE_DATE_EPOCH` is not a number of seconds.
    """
    from datetime import UTC, datetime

    from schemas.errors import InvalidArguments

    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidArguments(
            f"SOURCE_DATE_EPOCH is {epoch!r}", hint="set it to whole seconds since 1970, or unset it"
        ) from error
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _say(report: PlanReport) -> None:
    from planner.documents.condensed_findings import condensed
    from planner.documents.markdown_text import counted
    from planner.forecasting.rounded_hours import hours_text
    from planner.storage.plan_folder import described
    from tasks_cli.printing import coloured, print_note, print_warning

    plan = report.made.plan
    rolling = plan.waves.execution_models.rolling_frontier.estimated_completion_time
    forecast = (
        f", {hours_text(rolling.p50_hours)} at P50, {hours_text(rolling.p95_hours)} at P95"
        if rolling is not None
        else ""
    )
    print_note(f"{plan.waves.planId}: {counted(len(plan.tasks.tasks), 'task')}{forecast}")
    found = _findings(report)
    findings = condensed(found, MOST_OF_A_RULE)
    for finding in findings[:MOST_SHOWN]:
        if finding.severity == "error":
            print_note(f"{coloured('rejected:', 'red')} {described(finding)}")
        else:
            print_warning(described(finding))
    if len(findings) > MOST_SHOWN:
        print_note(f"and {len(findings) - MOST_SHOWN} more")
    if len(findings) > MOST_SHOWN or len(findings) < len(found):
        print_note(f"all {len(found)} findings: tasks validate-plan {report.plan_dir}")
    if plan.dag.ok:
        by_hand = " --executor manual" if any(task.execution is None for task in plan.tasks.tasks) else ""
        print_note(f"next: tasks execute {report.plan_dir}{by_hand}")


def _findings(report: PlanReport) -> tuple[Finding, ...]:
    from schemas.dag import Finding

    dag = report.made.plan.dag
    return tuple(item for item in (*dag.errors, *dag.warnings) if isinstance(item, Finding))


def _as_json(item: Finding | str) -> object:
    return item if isinstance(item, str) else item.model_dump(mode="json", exclude_none=True)
