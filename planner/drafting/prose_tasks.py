"""Tasks of an ordinary document: the work that it lists, and the sections in which it requires something."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.drafting.draft_features import title_heading
from planner.drafting.listed_work import ListedWork, listed_work
from planner.drafting.section_kinds import CRITERIA_HEADING, STEP, is_collection, is_vague
from planner.drafting.shared_words import SharedWords
from planner.drafting.statements import LOWER_CASE, StatedNeed
from planner.drafting.task_criteria import criteria_in
from planner.drafting.task_headline import Headline, as_work, plain_title, read_headline, shortened
from planner.drafting.task_owners import bodies_of, places_of
from planner.drafting.task_seed import Range, Series, TaskSeed, numbering
from planner.intake.markdown_outline import Outline

MOST_IN_A_TASK = 6
LIKE_A_LABEL = re.compile(r"\b[A-Z]{1,8}-?\d{1,4}(?:\.\d{1,3}|[a-z])?\b")
Groups = dict[int | None, list[StatedNeed]]


@dataclass(slots=True)
class _Shares:
    """What each piece of listed work gets: the statements around it, those it names, those it is near to."""

    inside: defaultdict[int, list[StatedNeed]] = field(default_factory=lambda: defaultdict(list))
    named: defaultdict[int, list[StatedNeed]] = field(default_factory=lambda: defaultdict(list))
    near: defaultdict[int, list[StatedNeed]] = field(default_factory=lambda: defaultdict(list))


def prose_tasks(
    document: Outline, statements: Sequence[StatedNeed]
) -> tuple[tuple[TaskSeed, ...], list[str]]:
    """Return the tasks of a document in the order of the text, and which sections were divided.

    What is listed as work is a task each. A statement that no listed work holds, names or is clearly about
    belongs to the task of its lowest heading, and makes one where the document lists no work of that
    section. A section with more than six labelled statements is divided into them, and one whose heading says
    no more than `Requirements` in any case.
    """
    works = listed_work(document)
    asked = [item for item in statements if item.reason is None and item.kind != "work"]
    shares, groups = _shared_out(document, works, asked)
    works, named = _naming_sections(document, works, groups)
    settled = _with_criteria_settled(document, groups)
    groups, divided = _divided(document, _worth_a_task(document, works, settled))
    answers = _answered_elsewhere(settled, groups)
    owners = {work.owner for work in works} | {owner for owner in groups if owner is not None}
    bodies = bodies_of(document, owners)
    seeds = [_work_seed(document, work, shares, bodies) for work in works]
    by_block: defaultdict[int, list[StatedNeed]] = defaultdict(list)
    for statement in statements:
        by_block[statement.block].append(statement)
    for owner, group in groups.items():
        seed = _section_seed(document, owner, group, bodies)
        seed = replace(seed, description=_description(seed, by_block), answers=tuple(answers[owner]))
        seeds.append(_with_order(document, seed, named[owner]) if owner in named else seed)
    return tuple(sorted(seeds, key=lambda seed: (seed.owner is not None, seed.owner or 0))), divided


def _shared_out(
    document: Outline, works: Sequence[ListedWork], asked: Sequence[StatedNeed]
) -> tuple[_Shares, Groups]:
    """Return which statements belong to which work, and the others by their section."""
    owners = {work.owner for work in works}
    rows = {cell: work.owner for work in works for cell in work.row}
    bodies = bodies_of(document, owners)
    texts = {work.owner: _text(document, work, bodies.get(work.owner, ())) for work in works}
    labels = _by_label(asked, texts)
    lines = [owner for owner in texts if document.blocks[owner].kind != "heading"]
    near = _NearWork(document, lines, texts)
    shares, groups = _Shares(), Groups()
    for statement in asked:
        owner = rows.get(statement.block)
        if owner is None:
            places = (statement.block, *places_of(document, statement.block)) if statement.block >= 0 else ()
            owner = next((place for place in places if place in owners), None)
        nearest = near.to(statement) if owner is None else None
        if owner is not None:
            shares.inside[owner].append(statement)
        elif statement.label in labels:
            for place in labels[statement.label]:
                shares.named[place].append(statement)
        elif nearest is not None:
            shares.near[nearest].append(statement)
        else:
            groups.setdefault(_section(document, statement), []).append(statement)
    return shares, groups


class _NearWork:
    """Finds the listed work that a statement speaks of: among that of its own section, else among all."""

    def __init__(self, document: Outline, lines: Sequence[int], texts: Mapping[int, str]) -> None:
        self._document = document
        self._lines = lines
        self._words = SharedWords([texts[owner] for owner in lines])
        sections: defaultdict[int | None, list[int]] = defaultdict(list)
        for owner in lines:
            sections[document.blocks[owner].heading].append(owner)
        self._sections = {
            heading: (owners, SharedWords([texts[owner] for owner in owners]))
            for heading, owners in sections.items()
        }

    def to(self, statement: StatedNeed) -> int | None:
        """Return the block of the one piece of work that a statement is about."""
        heading = self._document.blocks[statement.block].heading
        everywhere = (self._lines, self._words)
        for owners, words in (self._sections.get(heading, everywhere), everywhere):
            nearest = words.nearest(statement.text)
            if nearest is not None:
                return owners[nearest]
        return None


def _by_label(asked: Sequence[StatedNeed], texts: Mapping[int, str]) -> dict[str | None, list[int]]:
    """Return the listed work that names the label of a statement, such as `(FR-003)`."""
    labels = {item.label for item in asked if item.label}
    found: defaultdict[str | None, list[int]] = defaultdict(list)
    for owner, text in texts.items():
        for name in dict.fromkeys(LIKE_A_LABEL.findall(text)):
            if name in labels:
                found[name].append(owner)
    return found


def _text(document: Outline, work: ListedWork, body: Sequence[int]) -> str:
    numbers = (work.owner, *work.row, *body)
    return " ".join(plain_title(document.blocks[number].text) for number in numbers)


def _section(document: Outline, statement: StatedNeed) -> int | None:
    """Return the lowest heading that a statement stands under and that names something wanted."""
    block = document.blocks[statement.block]
    if block.kind == "heading":
        return statement.block
    above = document.headings_above(statement.block)
    return next(
        (place for place in above if not CRITERIA_HEADING.search(document.blocks[place].text)),
        above[-1] if above else None,
    )


def _with_criteria_settled(document: Outline, groups: Groups) -> Groups:
    """Return the groups where criteria of the whole document are a task of their own.

    They belong to the title where it requires something itself, and to the only other task if there is one.
    """
    title = title_heading(document)
    group = groups.get(title, []) if title is not None else []
    if not group or any(document.blocks[item.block].heading == title for item in group):
        return groups
    others = [owner for owner in groups if owner != title]
    heir = others[0] if len(others) == 1 else document.blocks[group[0].block].heading
    settled = {owner: items for owner, items in groups.items() if owner != title}
    settled[heir] = [*settled.get(heir, []), *group]
    return settled


def _worth_a_task(document: Outline, works: Sequence[ListedWork], groups: Groups) -> Groups:
    """Return the sections that become tasks: where work is listed, its own sections add none to it.

    Nor does the text under the title, or a mere instruction: there the list is the author's.
    """
    lists = [work for work in works if document.blocks[work.owner].kind != "heading"]
    if not lists:
        return groups
    listed = {next(iter(document.headings_above(work.owner)), None) for work in lists}
    kept = {None, title_heading(document), *listed}
    return {
        owner: group
        for owner, group in groups.items()
        if owner not in kept and any(_asks_for_itself(document, owner, item) for item in group)
    }


def _answered_elsewhere(before: Groups, kept: Groups) -> defaultdict[int | None, list[Range]]:
    """Return for each group the statements of sections without a task that clearly speak of it."""
    held = {_range(item) for group in kept.values() for item in group}
    words = SharedWords([" ".join(item.text for item in group) for group in kept.values()])
    found: defaultdict[int | None, list[Range]] = defaultdict(list)
    for group in before.values():
        for item in group:
            nearest = None if _range(item) in held else words.nearest(item.text)
            if nearest is not None:
                found[list(kept)[nearest]].append(_range(item))
    return found


def _asks_for_itself(document: Outline, owner: int | None, item: StatedNeed) -> bool:
    """Return whether a statement makes a task beside a list of work: it requires something or has a label."""
    if item.label is not None:
        return True
    is_criteria = owner is not None and CRITERIA_HEADING.search(document.blocks[owner].text)
    return not is_criteria and item.kind != "instruction"


def _naming_sections(
    document: Outline, works: Sequence[ListedWork], groups: Groups
) -> tuple[tuple[ListedWork, ...], dict[int | None, ListedWork]]:
    """Return the work without the items that only name a section, and these items by their section."""
    sections: dict[str, int] = {}
    for owner in groups:
        if owner is not None:
            sections.setdefault(_name(read_headline(document.blocks[owner].text).title), owner)
    named: dict[int | None, ListedWork] = {}
    others: list[ListedWork] = []
    for work in works:
        title = work.headline.title
        section = sections.get(_name(title), sections.get(_name(title.split(":")[0].split(" (")[0])))
        is_free = section is not None and section not in named
        if is_free and document.blocks[work.owner].kind != "heading":
            named[section] = work
        else:
            others.append(work)
    return tuple(others), named


def _name(title: str) -> str:
    return " ".join(title.casefold().strip(" .:*_`").removeprefix("the ").split())


def _divided(document: Outline, groups: Groups) -> tuple[Groups, list[str]]:
    """Return the groups, divided where labelled statements are too many or too unlike for one task."""
    found: Groups = {}
    divided: list[str] = []
    for owner, group in groups.items():
        labelled = [item for item in group if item.label and document.blocks[item.block].kind != "heading"]
        of_one_kind = owner is not None and is_collection(read_headline(document.blocks[owner].text).title)
        if len(labelled) <= (1 if of_one_kind else MOST_IN_A_TASK):
            found[owner] = group
            continue
        for item in labelled:
            found.setdefault(item.block, []).append(item)
        words = SharedWords([item.text for item in labelled])
        for item in group:
            if item not in labelled:
                nearest = words.nearest(item.text)
                found.setdefault(owner if nearest is None else labelled[nearest].block, []).append(item)
        section = document.section_of(labelled[0].block)
        divided.append(f"{document.source.name}, {section}: {len(labelled)} labelled statements, a task each")
    return found, divided


def _work_seed(
    document: Outline, work: ListedWork, shares: _Shares, bodies: Mapping[int, tuple[int, ...]]
) -> TaskSeed:
    body = (*work.row, *(number for number in bodies.get(work.owner, ()) if number not in work.row))
    inside = [item for item in shares.inside[work.owner] if item.block != work.owner or not work.is_box]
    named = shares.named[work.owner]
    is_heading = document.blocks[work.owner].kind == "heading"
    own = [item for item in inside if item.start != work.quote[0] and item.block != work.owner]
    texts = [item.text for item in (*own, *named) if item.kind != "story"]
    criteria = (*criteria_in(document, body), *texts)
    return TaskSeed(
        document=document,
        owner=work.owner,
        headline=work.headline,
        quotes=(work.quote, *(_range(item) for item in (*(own if is_heading else ()), *named))),
        body=body,
        criteria=tuple(dict.fromkeys(criteria)),
        series=work.series,
        number=work.number,
        answers=tuple(_range(item) for item in shares.near[work.owner]),
        needs=work.needs,
    )


def _section_seed(
    document: Outline,
    owner: int | None,
    group: Sequence[StatedNeed],
    bodies: Mapping[int, tuple[int, ...]],
) -> TaskSeed:
    required = [item.text for item in group]
    block = None if owner is None else document.blocks[owner]
    headline = as_work(read_headline(block.text if block is not None and block.text.strip() else required[0]))
    if is_vague(headline.title) or is_collection(headline.title):
        headline = replace(headline, title=shortened(f"{headline.title}: {required[0]}"))
    series: Series = ()
    number: tuple[int, ...] = ()
    if owner is None:
        body = tuple(place for place in range(len(document.blocks)) if _is_loose(document, place))
    else:
        body = bodies.get(owner, ())
        if block is not None and STEP.match(plain_title(block.text)):
            series, number = numbering(document, owner, headline)
    extra = criteria_in(document, [place for place in body if document.blocks[place].checked is not None])
    return TaskSeed(
        document=document,
        owner=owner,
        headline=headline,
        quotes=tuple(_range(item) for item in group),
        body=body,
        criteria=tuple(dict.fromkeys((*required, *extra))),
        series=series,
        number=number,
    )


def _description(seed: TaskSeed, by_block: Mapping[int, Sequence[StatedNeed]]) -> str:
    """Return all that is said in the task's section: what asks for it, and what is only said beside it."""
    quotes = frozenset(seed.quotes)
    blocks = (*seed.body, *(() if seed.owner is None else (seed.owner,)))
    ranges = {
        _range(item): item.text
        for block in blocks
        for item in by_block.get(block, ())
        if _range(item) in quotes or item.reason == LOWER_CASE
    }
    return "\n".join(ranges[place] for place in sorted(ranges))


def _is_loose(document: Outline, number: int) -> bool:
    """Return whether a block stands before any heading."""
    block = document.blocks[number]
    return block.heading is None and block.kind not in ("heading", "front_matter")


def _with_order(document: Outline, seed: TaskSeed, item: ListedWork) -> TaskSeed:
    """Return the task of a section with the place that a list of work gives it."""
    headline = Headline(
        title=seed.headline.title,
        number=item.number,
        series=seed.headline.series,
        label=item.headline.label or seed.headline.label,
    )
    return replace(
        seed,
        headline=headline,
        quotes=(*seed.quotes, item.quote),
        body=(*seed.body, item.owner, *item.row),
        series=item.series,
        number=item.number,
        numbered_at=document.line_span(document.blocks[item.owner].first_line),
    )


def _range(statement: StatedNeed) -> Range:
    return statement.start, statement.end
