"""What a document lists as work: open boxes, items and table rows below `Build order`, steps and stories."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from planner.drafting.checkboxes import open_items
from planner.drafting.section_kinds import (
    REQUIREMENT_HEADING,
    STEP,
    USER_STORY,
    is_done_section,
    is_example,
    is_not_wanted,
    lists_work,
    stands_under_criteria,
    steps_of,
)
from planner.drafting.sentences import is_behaviour_step, label_of
from planner.drafting.statements import row_of
from planner.drafting.task_headline import MARKS, Headline, plain_title, read_headline
from planner.drafting.task_owners import places_of
from planner.drafting.task_seed import Range, Series, numbering
from planner.intake.markdown_outline import Outline

WORK_COLUMN = re.compile(
    r"(?:task|work(?: item| package)?|step|deliverable|milestone|story|user story|item|bug|issue|action|"
    r"component|change|feature)s?(?: name| title)?|title|description|summary|what",
    re.IGNORECASE,
)
WORK_TABLE = re.compile(
    r"(?:task|work(?: item| package)?|step|deliverable|milestone|user story|bug|action(?: item)?)s?",
    re.IGNORECASE,
)
NEEDS_COLUMN = re.compile(
    r"(?:depends on|dependenc(?:y|ies)|after|needs|requires|blocked by|prerequisites?|predecessors?)",
    re.IGNORECASE,
)
DONE = re.compile(
    r"^\s*(?:~~.*~~\s*$|\u2705|\u2714|\u2611)|\u2705\s*$|\((?:done|fixed|shipped)\)\s*$", re.IGNORECASE
)
STATUS_COLUMN = re.compile(r"(?:status|state|done)\??", re.IGNORECASE)
DONE_STATUS = re.compile(
    r"\W*(?:done|completed?|fixed|closed|shipped|resolved|yes|\u2705|x)\W*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ListedWork:
    """One piece of listed work: the block it begins with and the cells of its row, if it is one.

    `quote` is its range in the source. `needs` are the cells that say what it depends on.
    """

    owner: int
    headline: Headline
    quote: Range
    series: Series = ()
    number: tuple[int, ...] = ()
    row: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    is_box: bool = False


def listed_work(document: Outline) -> tuple[ListedWork, ...]:
    """Return the work that a document lists, in the order of the text."""
    found = {number: _box_or_item(document, number, is_box=True) for number in open_items(document)}
    held = _holders(document, found)
    for number in _items(document):
        if number not in held:
            found[number] = _box_or_item(document, number, is_box=False)
    found |= {work.owner: work for work in _rows(document)}
    held |= _holders(document, found)
    for number, work in _headings(document).items():
        if number not in held:
            found[number] = work
    return tuple(found[number] for number in sorted(found))


def is_done(text: str) -> bool:
    """Return whether the text of an item says that it is done: struck out, or with a tick."""
    return DONE.search(text) is not None


def _holders(document: Outline, found: dict[int, ListedWork]) -> set[int]:
    """Return the items and headings that hold work: they are no work of their own."""
    return {place for number in found for place in places_of(document, number)}


def _box_or_item(document: Outline, number: int, *, is_box: bool) -> ListedWork:
    block = document.blocks[number]
    headline = read_headline(block.text)
    series, counted = numbering(document, number, headline)
    quote = block.place(0, len(block.text))
    return ListedWork(number, headline, quote, series, counted, is_box=is_box)


def _items(document: Outline) -> list[int]:
    """Return the outermost items without a box below a heading that names a list of work."""
    return [
        number
        for number, block in enumerate(document.blocks)
        if block.kind == "item"
        and block.item is None
        and block.checked is None
        and not block.quoted
        and MARKS.sub("", block.text).strip()
        and lists_work(document, number)
        and not is_done(block.text)
        and not is_behaviour_step(block.text)
        and _is_wanted(document, number)
    ]


def _is_wanted(document: Outline, number: int) -> bool:
    return not (
        is_not_wanted(document, number)
        or is_done_section(document, number)
        or is_example(document, number)
        or stands_under_criteria(document, number)
    )


def _rows(document: Outline) -> list[ListedWork]:
    """Return the rows of the tables whose head names work, or that stand in a list of work."""
    rows: list[ListedWork] = []
    seen: set[int] = set()
    for number, block in enumerate(document.blocks):
        if block.kind != "cell" or block.first_line in seen:
            continue
        seen.add(block.first_line)
        cells = row_of(document, number)
        titles = {document.blocks[cell].column_title.strip(" *_`"): cell for cell in cells}
        is_work = any(WORK_TABLE.fullmatch(title) for title in titles) or lists_work(document, number)
        if is_work and _is_wanted(document, number) and not _is_done_row(document, titles):
            rows.append(_row(document, cells, titles))
    return rows


def _is_done_row(document: Outline, titles: dict[str, int]) -> bool:
    return any(
        (STATUS_COLUMN.fullmatch(title) and DONE_STATUS.fullmatch(document.blocks[cell].text))
        or is_done(document.blocks[cell].text)
        for title, cell in titles.items()
    )


def _row(document: Outline, cells: tuple[int, ...], titles: dict[str, int]) -> ListedWork:
    """Return the work of one row: its title stands in the column that says so, else behind its label."""
    named = [
        cell
        for pattern in (WORK_TABLE, WORK_COLUMN)
        for title, cell in titles.items()
        if pattern.fullmatch(title) and not _is_key(document, cell)
    ]
    keys = [cell for cell in cells if _is_key(document, cell)]
    others = [cell for cell in cells if cell not in keys]
    title = next(iter(named), next(iter(others), cells[0]))
    block = document.blocks[title]
    headline = read_headline(block.text)
    key = plain_title(document.blocks[keys[0]].text) if keys and keys[0] != title else ""
    number: tuple[int, ...] = (
        tuple(int(part) for part in key.split(".")) if re.fullmatch(r"[\d.]*\d", key) else ()
    )
    label = headline.label or (key if key and not number else None)
    series: Series = ("row", document.blocks[cells[0]].heading) if number else ()
    return ListedWork(
        owner=title,
        headline=Headline(title=headline.title, label=label),
        quote=document.line_span(document.blocks[cells[0]].first_line),
        series=series,
        number=number,
        row=tuple(cell for cell in cells if cell != title),
        needs=tuple(cell for name, cell in titles.items() if NEEDS_COLUMN.fullmatch(name)),
    )


def _is_key(document: Outline, cell: int) -> bool:
    """Return whether a cell is a number or a label and nothing else."""
    text = plain_title(document.blocks[cell].text)
    return re.fullmatch(r"#?[\d.]*\d\.?|[A-Za-z]{1,8}-?\d{1,5}[a-z]?(?:\.\d{1,3})?", text) is not None


def _headings(document: Outline) -> dict[int, ListedWork]:
    """Return the headings that are work by their name: steps, user stories, and labels with siblings."""
    steps = steps_of(document)
    labelled: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for number, block in enumerate(document.blocks):
        if block.kind != "heading" or not _is_wanted(document, number):
            continue
        label = label_of(block.text)
        story = USER_STORY.match(plain_title(block.text))
        if label is not None:
            labelled[re.sub(r"[\d.a-z-]+$", "", label), block.level].append(number)
        elif story is not None and len(plain_title(block.text)) > story.end():
            labelled["user story", block.level].append(number)
        elif REQUIREMENT_HEADING.match(plain_title(block.text)):
            labelled["requirement", block.level].append(number)
    found = {number for group in labelled.values() for number in group}
    found |= {number for number in steps if _is_wanted(document, number)}
    held = {place for number in found for place in places_of(document, number)}
    return {number: _heading(document, number, steps) for number in sorted(found - held)}


def _heading(document: Outline, number: int, steps: dict[int, tuple[str, int]]) -> ListedWork:
    block = document.blocks[number]
    headline = read_headline(block.text)
    series: Series = ()
    counted: tuple[int, ...] = ()
    if number in steps:
        word, count = steps[number]
        series, counted = ("heading", word, block.heading, block.level), (count,)
        rest = STEP.sub("", plain_title(block.text), count=1).lstrip(" :.)\u2013\u2014-")
        headline = Headline(title=rest or headline.title, number=counted, series=word, label=headline.label)
    if REQUIREMENT_HEADING.match(headline.title) and ":" in headline.title:
        headline = replace(headline, title=headline.title.split(":", 1)[1].strip() or headline.title)
    return ListedWork(number, headline, (block.start, block.end), series, counted)
