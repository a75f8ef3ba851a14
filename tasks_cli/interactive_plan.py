"""`tasks plan --interactive`: look at a plan, change it, and only then let it be written (seed 001)."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from planner.draft import SourceText
from planner.intake.source_document import read_source_bytes
from planner.make_plan import MadePlan
from planner.storage.plan_folder import described
from schemas.dag import Finding
from schemas.errors import InvalidArguments, TasksError, UserAbort
from schemas.plan import PLAN_DOCUMENT, TASKS_FILE
from tasks_cli.plan_again import revised
from tasks_cli.printing import print_note, print_warning
from tasks_cli.show_plan import plan_as_text

CHOICES = ("approve", "edit", "regenerate", "view", "abort")
REMARKS = "remarks"
MOST_SHOWN = 10

Drafting = Callable[[tuple[SourceText, ...], Path], MadePlan]
"""Makes a plan of documents and writes it into a folder."""


@dataclass(frozen=True, slots=True)
class Review:
    """A plan that lies in a folder of its own until it is approved."""

    made: MadePlan
    folder: Path
    sources: tuple[SourceText, ...]


def review_plan(
    sources: tuple[SourceText, ...], draft: Drafting, flags: Mapping[str, object], timestamp: str
) -> MadePlan:
    """Return the plan that the user approves; nothing is written to where the plan belongs.

    Raises:
        InvalidArguments: stdin is no terminal.
        UserAbort: he gave it up.
    """
    if not sys.stdin.isatty():
        raise InvalidArguments(
            "--interactive asks questions, and stdin is no terminal",
            hint="leave --interactive out in a script",
        )
    with tempfile.TemporaryDirectory(prefix="tasks-plan-") as name:
        folder = Path(name, "plan")
        review = Review(draft(sources, folder), folder, sources)
        while True:
            _show(review)
            match _ask(review):
                case "approve":
                    return review.made
                case "edit":
                    review = _edited(review, flags, timestamp)
                case "regenerate":
                    review = _regenerated(review, draft)
                case "view":
                    click.echo_via_pager((folder / PLAN_DOCUMENT).read_text(encoding="utf-8"))
                case _:
                    raise UserAbort("the plan was given up; nothing was written")


def wants_execution() -> bool:
    """Return whether the user wants the approved plan to be executed now."""
    return click.confirm("Execute it now?", default=False, err=True)


def _show(review: Review) -> None:
    print_note(plan_as_text(review.folder, review.made.plan))
    dag = review.made.plan.dag
    for item in dag.errors[:MOST_SHOWN]:
        print_note(f"rejected: {_text(item)}")
    for item in dag.warnings[:MOST_SHOWN]:
        print_warning(_text(item))
    print_note(f"to read in full: {review.folder / PLAN_DOCUMENT}")


def _ask(review: Review) -> str:
    """Return what the user wants; what is rejected cannot be approved."""
    listed = "/".join(CHOICES)
    while True:
        said = click.prompt(f"Review plan? [{listed}]", err=True, default="", show_default=False)
        chosen = [choice for choice in CHOICES if said and choice.startswith(said.strip().lower())]
        if not chosen or len(chosen) > 1:
            print_note(f"say one of {', '.join(CHOICES)}; the beginning of a word is enough")
        elif chosen[0] == "approve" and not review.made.plan.dag.ok:
            print_note("the plan is rejected by its rules: edit or regenerate it")
        else:
            return chosen[0]


def _edited(review: Review, flags: Mapping[str, object], timestamp: str) -> Review:
    """Return the plan after tasks.json was edited; what cannot be read stays there to be mended."""
    file = review.folder / TASKS_FILE
    before = file.read_bytes()
    try:
        click.edit(filename=str(file), editor=os.environ.get("VISUAL") or os.environ.get("EDITOR"))
        if file.read_bytes() == before:
            print_note("nothing was changed")
            return review
        made = revised(review.folder, flags, timestamp)
    except (click.ClickException, TasksError) as error:
        print_note(f"the edit cannot be used: {error.message}")
        return review
    return replace(review, made=made)


def _regenerated(review: Review, draft: Drafting) -> Review:
    """Return a plan made anew, with the user's remarks as one more document."""
    said = click.prompt("What should be different?", err=True, default="", show_default=False).strip()
    sources = review.sources
    if said:
        number = sum(source.name.startswith(REMARKS) for source in sources) + 1
        name = REMARKS if number == 1 else f"{REMARKS}-{number}"
        sources = (*sources, read_source_bytes(f"{said}\n".encode(), name))
    try:
        return Review(draft(sources, review.folder), review.folder, sources)
    except TasksError as error:
        print_note(f"with these remarks there is no plan: {error.message}")
        return review


def _text(item: Finding | str) -> str:
    return item if isinstance(item, str) else described(item)
