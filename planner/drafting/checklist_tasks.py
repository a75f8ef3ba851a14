"""Tasks of a document with checklists: each open item is one, what stands below it are its criteria."""

from __future__ import annotations

import re

from planner.drafting.task_criteria import criteria_in, stands_under_criteria
from planner.drafting.task_headline import read_headline
from planner.drafting.task_owners import bodies_of, places_of
from planner.drafting.task_seed import TaskSeed, numbering
from planner.intake.markdown_outline import Outline
from schemas.dag import Finding

NOT_WANTED = re.compile(
    r"\b(?:non-?goals?|out of scope|not in scope|future work|won'?t (?:do|have))\b", re.IGNORECASE
)


def checklist_tasks(document: Outline) -> tuple[TaskSeed, ...]:
    """Return a task for each outermost checkbox that is not ticked, in the order of the text.

    Boxes below `Acceptance criteria` and the like are criteria, those below `Out of scope` are not wanted.
    """
    owners = [number for number in _boxes(document) if not document.blocks[number].checked]
    bodies = bodies_of(document, owners)
    return tuple(_seed(document, owner, bodies.get(owner, ())) for owner in owners)


def ticked_items(document: Outline) -> tuple[int, ...]:
    """Return the outermost checkboxes that are ticked: what is done is no task."""
    return tuple(number for number in _boxes(document) if document.blocks[number].checked)


def not_planned(document: Outline, tasks: tuple[TaskSeed, ...]) -> tuple[Finding, ...]:
    """Return findings for the open checkboxes that became neither a task nor a criterion of one."""
    planned = {number for task in tasks for number in (task.owner, *task.body)}
    return tuple(
        Finding(
            rule="not-planned",
            severity="warning",
            message="this open checkbox is no task here and belongs to none",
            file=document.source.name,
            line=block.first_line,
        )
        for number, block in enumerate(document.blocks)
        if block.checked is False and number not in planned
    )


def is_not_wanted(document: Outline, number: int) -> bool:
    """Return whether a block is, or stands under, a heading such as `Out of scope`."""
    return any(
        NOT_WANTED.search(document.blocks[heading].text)
        for heading in (number, *document.headings_above(number))
        if document.blocks[heading].kind == "heading"
    )


def _boxes(document: Outline) -> list[int]:
    boxes: list[int] = []
    for number, block in enumerate(document.blocks):
        if block.checked is None or not block.text.strip() or block.quoted:
            continue
        if stands_under_criteria(document, number) or is_not_wanted(document, number):
            continue
        if not any(document.blocks[place].checked is not None for place in places_of(document, number)):
            boxes.append(number)
    return boxes


def _seed(document: Outline, owner: int, body: tuple[int, ...]) -> TaskSeed:
    block = document.blocks[owner]
    headline = read_headline(block.text)
    series, number = numbering(document, owner, headline)
    return TaskSeed(
        document=document,
        owner=owner,
        headline=headline,
        quotes=(block.place(0, len(block.text)),),
        body=body,
        criteria=criteria_in(document, body),
        series=series,
        number=number,
    )
