"""Which task comes before which, as a document says it outside of its tasks: in lines and drawings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from planner.drafting.drawn_graphs import drawn_edges
from planner.drafting.relation_lines import IDENTIFIER, NamedTasks, Relation, find_relations
from planner.drafting.section_kinds import is_about_order
from planner.drafting.sentences import sentences
from planner.drafting.stated_order import StatedOrder
from planner.drafting.task_seed import TaskSeed
from planner.exchange.task_list import TaskList
from planner.intake.markdown_outline import Block, Outline
from schemas.dag import Finding

STATED, DRAWN, MOSTLY, UNSURE = 0.9, 0.85, 0.75, 0.5
NOBODY = re.compile(r"\W*(?:none|nothing|n/?a|no)?\W*", re.IGNORECASE)
MOST_AGREE = 0.75


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """The order that a document states, and what of it stayed unclear."""

    order: tuple[StatedOrder, ...] = ()
    findings: tuple[Finding, ...] = ()


def order_in_list(
    document: Outline, tasks: TaskList, named: NamedTasks, settled: Collection[str]
) -> DocumentOrder:
    """Return what the lines below a heading such as `Dependencies` say; one not understood is reported.

    In a code block only lines count that are nothing but names and arrows. Nothing is unclear about a line
    that names tasks which are done already: they hold up nobody.
    """
    order: list[StatedOrder] = []
    findings: list[Finding] = []
    for line in tasks.drawn:
        text = document.source.text[line.start : line.end]
        for relation in find_relations(text, named, line.start, exact=True):
            order += _stated(relation) if relation.unclear is None else ()
    for line in tasks.relations:
        text = document.source.text[line.start : line.end]
        for relation in find_relations(text, named, line.start):
            if relation.unclear is None:
                order += _stated(relation)
            elif not any(name in settled for name in IDENTIFIER.findall(text)):
                findings.append(_unclear(document, line.line, relation.unclear))
    return DocumentOrder(tuple(order), tuple(findings))


def order_in_document(document: Outline, seeds: Sequence[TaskSeed]) -> DocumentOrder:
    """Return what sentences and drawings outside of the tasks say about tasks that they call by name."""
    named = NamedTasks(_names(seeds), {})
    in_cells = _in_cells(document, seeds)
    inside = {number for seed in seeds for number in (seed.owner, *seed.body)}
    order, findings = list(in_cells.order), list(in_cells.findings)
    for number, block in enumerate(document.blocks):
        if block.kind == "fence":
            drawn = _drawn(document, block, named)
            order += drawn.order
            findings += drawn.findings
        elif block.kind in ("paragraph", "item", "cell") and number not in inside:
            for start, end in sentences(block.text):
                span = block.place(start, end)
                exact = not is_about_order(document, number)
                for relation in find_relations(block.text[start:end], named, span[0], exact=exact):
                    if relation.unclear is None:
                        order += _stated(Relation(relation.earlier, relation.later, relation.is_arrow, *span))
                    else:
                        findings.append(_unclear(document, document.line_of(span[0]), relation.unclear))
    return DocumentOrder(tuple(order), tuple(findings))


def _in_cells(document: Outline, seeds: Sequence[TaskSeed]) -> DocumentOrder:
    """Return what the column `Depends on` of a table says about its rows."""
    numbers = {".".join(map(str, seed.number)): [place] for place, seed in enumerate(seeds) if seed.number}
    named = NamedTasks({**numbers, **_names(seeds)}, {})
    order: list[StatedOrder] = []
    findings: list[Finding] = []
    for later, seed in enumerate(seeds):
        for cell in seed.needs:
            block = document.blocks[cell]
            if NOBODY.fullmatch(block.text):
                continue
            earlier, unclear = named.in_side(block.text)
            span = block.place(0, len(block.text))
            order += _stated(Relation(earlier, (later,), is_arrow=False, start=span[0], end=span[1]))
            if unclear or not earlier:
                findings.append(_unclear(document, block.first_line, unclear or block.text))
    return DocumentOrder(tuple(order), tuple(findings))


def _names(seeds: Sequence[TaskSeed]) -> dict[str, list[int]]:
    """Return what tasks are called; a title of one short word is too easily just that word."""
    names: dict[str, list[int]] = {}
    for place, seed in enumerate(seeds):
        for name in (seed.options.id, seed.headline.label, seed.headline.title):
            if name and names.setdefault(name.casefold(), [])[-1:] != [place]:
                names[name.casefold()].append(place)
    return names


def _stated(relation: Relation) -> Iterator[StatedOrder]:
    for later in relation.later:
        for earlier in relation.earlier:
            if earlier != later:
                yield StatedOrder(
                    earlier,
                    later,
                    "technical",
                    "the document says that {later} comes after {earlier}",
                    DRAWN if relation.is_arrow else STATED,
                    is_hard=True,
                    start=relation.start,
                    end=relation.end,
                )


def _drawn(document: Outline, block: Block, named: NamedTasks) -> DocumentOrder:
    """Return the order that a drawing shows.

    An arrow may mean `before` as well as `needs`. Where the arrows point the way the tasks are listed, it is
    the first, and where they point against it, the second; a mixture is reported.
    """
    found: list[tuple[int, int, int, int]] = []
    for edge in drawn_edges(block.info, block.text):
        (sources, _), (targets, _) = named.in_side(edge.source), named.in_side(edge.target)
        lines = block.line_of_text(edge.first_line), block.line_of_text(edge.last_line)
        start, end = document.line_span(lines[0])[0], document.line_span(lines[1])[1]
        found += [
            (source, target, start, end) for source in sources for target in targets if source != target
        ]
    along = sum(source < target for source, target, _, _ in found)
    forward = 2 * along >= len(found)
    agreeing = along if forward else len(found) - along
    is_sure = agreeing == len(found)
    is_hard = agreeing >= MOST_AGREE * len(found)
    order = [
        StatedOrder(
            *((source, target) if forward else (target, source)),
            "technical",
            "the document draws an arrow between {earlier} and {later}",
            DRAWN if is_sure else MOSTLY if is_hard else UNSURE,
            is_hard=is_hard,
            start=start,
            end=max(end, start + 1),
        )
        for source, target, start, end in found
    ]
    findings = () if is_sure else (_mixed(document, block, is_hard=is_hard),)
    return DocumentOrder(tuple(order), findings)


def _mixed(document: Outline, block: Block, *, is_hard: bool) -> Finding:
    taken = "that of most of them is taken" if is_hard else "no task waits for another because of it"
    message = (
        "arrows of this drawing point both along the order of the tasks and against it, so that it is not "
        f"clear which end comes first; {taken}"
    )
    return Finding(
        rule="arrow-direction",
        severity="warning",
        message=message,
        file=document.source.name,
        line=block.first_line,
    )


def _unclear(document: Outline, line: int, what: str) -> Finding:
    message = f"not understood, no dependency was made: {what!r}"
    return Finding(
        rule="unclear-reference", severity="warning", message=message, file=document.source.name, line=line
    )
