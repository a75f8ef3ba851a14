"""The features of the documents: the sections at the top that hold tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.drafting.task_headline import plain_title, read_headline
from planner.drafting.task_owners import places_of
from planner.drafting.task_seed import TaskSeed
from planner.drafting.task_words import priority_in
from planner.intake.markdown_outline import Outline
from planner.intake.secret_redaction import redact
from planner.intake.source_evidence import evidence
from schemas.features import Feature


@dataclass(frozen=True, slots=True)
class DraftFeatures:
    """The features, and for each task, by its place in the plan, the id of its feature."""

    features: tuple[Feature, ...]
    of_task: tuple[str, ...]


def find_features(
    documents: Sequence[Outline], seeds: Sequence[TaskSeed], titles: Sequence[str]
) -> DraftFeatures:
    """Return one feature for each section at the top of a document that holds tasks.

    Tasks that stand directly under the title, or in a document without sections, belong to a feature that
    has the title of the document; `titles` holds it for each document.
    """
    ids: dict[tuple[int, int | None], str] = {}
    features: list[Feature] = []
    of_task: list[str] = []
    headings = [title_heading(document) for document in documents]
    for seed in seeds:
        number = next(place for place, document in enumerate(documents) if document is seed.document)
        section = _section_of(seed, headings[number])
        key = (number, section)
        if key not in ids:
            ids[key] = f"F{len(ids) + 1:03d}"
            features.append(_feature(ids[key], seed, section, titles[number]))
        of_task.append(ids[key])
    return DraftFeatures(tuple(features), tuple(of_task))


def title_heading(document: Outline) -> int | None:
    """Return the heading that is the title of a document: the first, if no other is as high."""
    headings = [number for number, block in enumerate(document.blocks) if block.kind == "heading"]
    if not headings:
        return None
    level = document.blocks[headings[0]].level
    others = (document.blocks[number].level for number in headings[1:])
    return headings[0] if all(other > level for other in others) else None


def _section_of(seed: TaskSeed, title: int | None) -> int | None:
    """Return the highest heading, other than the title, that a task stands under."""
    if seed.owner is None:
        return None
    above = [
        place
        for place in places_of(seed.document, seed.owner)
        if seed.document.blocks[place].kind == "heading" and place != title
    ]
    return above[-1] if above else None


def _feature(identifier: str, seed: TaskSeed, section: int | None, title: str) -> Feature:
    document = seed.document
    heading = title_heading(document) if section is None else section
    if heading is None:
        start, end = seed.quotes[0]
        text, quote_section = title, ""
    else:
        block = document.blocks[heading]
        start, end = block.start, block.end
        text = title if section is None else read_headline(block.text).title or title
        quote_section = document.section_of(heading)
    return Feature(
        id=identifier,
        title=redact(text)[0],
        description=redact(_description(document, heading) or text)[0],
        priority=priority_in(text) or "medium",
        source_evidence=(evidence(document, start, end, quote_section),),
    )


def _description(document: Outline, heading: int | None) -> str:
    """Return the first paragraph under a heading."""
    return next(
        (
            plain_title(block.text)
            for block in document.blocks
            if block.kind == "paragraph" and block.heading == heading and block.item is None
        ),
        "",
    )
