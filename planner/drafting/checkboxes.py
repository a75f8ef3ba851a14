"""The checkboxes of a document: which are open, which are ticked, and which became no task."""

from __future__ import annotations

import re

from planner.drafting.section_kinds import is_not_wanted, stands_under_criteria
from planner.drafting.task_owners import places_of
from planner.drafting.task_seed import TaskSeed
from planner.intake.markdown_outline import Outline
from schemas.dag import Finding

STRUCK_OUT = re.compile(r"\W*~~[^~]+~~\W*")


def open_items(document: Outline) -> tuple[int, ...]:
    """Return the outermost checkboxes that are not ticked and not struck out."""
    return tuple(
        number
        for number in _boxes(document)
        if not document.blocks[number].checked and not is_struck_out(document.blocks[number].text)
    )


def ticked_items(document: Outline) -> tuple[int, ...]:
    """Return the outermost checkboxes that are ticked: what is done is no task."""
    return tuple(number for number in _boxes(document) if document.blocks[number].checked)


def is_struck_out(text: str) -> bool:
    """Return whether the whole text of an item is struck out: its author has dropped it."""
    return STRUCK_OUT.fullmatch(text.strip()) is not None


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
        if block.checked is False and number not in planned and not is_struck_out(block.text)
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
