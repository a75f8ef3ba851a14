"""Tasks of an ordinary specification: the requirement sentences under one heading are one (RFC 2119)."""

from __future__ import annotations

from collections import defaultdict

from planner.drafting.checklist_tasks import is_not_wanted
from planner.drafting.sentences import is_behaviour
from planner.drafting.task_criteria import (
    CRITERIA_HEADING,
    behaviour_lists,
    criteria_in,
    is_step,
    requirement_ranges,
    scenarios,
    stands_under_criteria,
)
from planner.drafting.task_headline import plain_title, read_headline
from planner.drafting.task_seed import Range, TaskSeed, numbering
from planner.intake.markdown_outline import Outline


def requirement_tasks(document: Outline, *, any_case: bool = False) -> tuple[TaskSeed, ...]:
    """Return a task for each lowest heading under which something is required, in the order of the text.

    What is required: sentences with MUST, SHALL, SHOULD, REQUIRED or RECOMMENDED (in lower case too, with
    `any_case`), Given/When/Then, and the items below `Acceptance criteria`.
    """
    groups: defaultdict[int | None, list[int]] = defaultdict(list)
    quotes: defaultdict[int | None, list[Range]] = defaultdict(list)
    behaviours = behaviour_lists(document.blocks)
    for number, block in enumerate(document.blocks):
        if block.kind in ("heading", "front_matter") or is_not_wanted(document, number):
            continue
        owner = _owner(document, number)
        groups[owner].append(number)
        quotes[owner] += _required(document, number, behaviours, any_case=any_case)
    return tuple(
        _seed(document, owner, tuple(groups[owner]), tuple(quotes[owner]), any_case=any_case)
        for owner in sorted(groups, key=lambda owner: -1 if owner is None else owner)
        if quotes[owner]
    )


def _owner(document: Outline, number: int) -> int | None:
    """Return the lowest heading that a block stands under and that names something wanted."""
    above = document.headings_above(number)
    return next(
        (heading for heading in above if not CRITERIA_HEADING.search(document.blocks[heading].text)),
        above[-1] if above else None,
    )


def _required(
    document: Outline, number: int, behaviours: frozenset[int | None], *, any_case: bool
) -> list[Range]:
    block = document.blocks[number]
    if block.kind == "fence":
        return [(block.start, block.end)] if scenarios(block) else []
    if not block.text.strip():
        return []
    is_criterion = block.kind == "item" and stands_under_criteria(document, number)
    if is_criterion or is_step(block, behaviours) or is_behaviour(block.text):
        return [block.place(0, len(block.text))]
    return list(requirement_ranges(block, any_case=any_case))


def _seed(
    document: Outline, owner: int | None, body: tuple[int, ...], quotes: tuple[Range, ...], *, any_case: bool
) -> TaskSeed:
    text = document.source.text
    required = [plain_title(text[start:end]) for start, end in quotes]
    is_named = owner is not None and bool(document.blocks[owner].text.strip())
    headline = read_headline(document.blocks[owner].text if owner is not None and is_named else required[0])
    series, number = ((), ()) if owner is None else numbering(document, owner, headline)
    return TaskSeed(
        document=document,
        owner=owner,
        headline=headline,
        quotes=quotes,
        body=body,
        criteria=criteria_in(document, body, any_case=any_case) or tuple(dict.fromkeys(required)),
        description="\n".join(required),
        series=series,
        number=number,
    )
