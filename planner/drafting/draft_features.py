"""The features of the documents: the sections at the top that hold tasks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from planner.drafting.task_headline import plain_title, read_headline
from planner.drafting.task_owners import places_of
from planner.drafting.task_seed import TaskSeed
from planner.drafting.task_words import priority_in
from planner.intake.markdown_outline import Outline
from planner.intake.secret_redaction import redact
from planner.intake.source_evidence import evidence
from schemas.features import Feature

LARGE_PLAN = 8
MOST_OF_A_FEATURE = 4
MOST_FEATURES = 25
Section = tuple[int, int | None]
"""The number of a document, and of the heading in it; None for the document itself."""


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
    ids: dict[Section, str] = {}
    features: list[Feature] = []
    of_task: list[str] = []
    numbers = {id(document): number for number, document in enumerate(documents)}
    headings = [title_heading(document) for document in documents]
    paths = [
        _sections_of(seed, numbers[id(seed.document)], headings[numbers[id(seed.document)]]) for seed in seeds
    ]
    for seed, key in zip(seeds, _right_sized(seeds, paths), strict=True):
        if key not in ids:
            ids[key] = f"F{len(ids) + 1:03d}"
            features.append(_feature(ids[key], seed, key[1], titles[key[0]]))
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


def _sections_of(seed: TaskSeed, number: int, title: int | None) -> tuple[Section, ...]:
    """Return the headings that a task stands under, the highest first, without the title; at least one."""
    if seed.listed is not None:
        return ((number, seed.listed.heading),)
    if seed.owner is None:
        return ((number, None),)
    above = [
        place
        for place in places_of(seed.document, seed.owner)
        if seed.document.blocks[place].kind == "heading" and place != title
    ]
    own = (seed.owner,) if seed.document.blocks[seed.owner].kind == "heading" and seed.owner != title else ()
    whole = () if above or (title is None and own and not seed.acts) else (None,)
    return tuple((number, place) for place in (*whole, *reversed(above), *own))


def _right_sized(seeds: Sequence[TaskSeed], paths: Sequence[tuple[Section, ...]]) -> list[Section]:
    """Return the section of each task that is its feature: the highest, or below it where it holds too much.

    A section of a large plan that holds many tasks is divided by the headings below it, as long as the plan
    does not get more than 25 features; of more sections at the top, the smallest go together. The sections of
    a runbook are its author's.
    """
    depth = [0] * len(paths)
    is_large = len(paths) >= LARGE_PLAN and not any(seed.acts or seed.listed for seed in seeds)
    while is_large:
        members: defaultdict[Section, list[int]] = defaultdict(list)
        for place, path in enumerate(paths):
            members[path[depth[place]]].append(place)
        found = len(members)
        for section in sorted(members, key=lambda section: -len(members[section])):
            places = members[section]
            deeper = {paths[place][min(depth[place] + 1, len(paths[place]) - 1)] for place in places}
            if (
                len(places) > MOST_OF_A_FEATURE
                and len(deeper) > 1
                and found + len(deeper) - 1 <= MOST_FEATURES
            ):
                for place in places:
                    depth[place] = min(depth[place] + 1, len(paths[place]) - 1)
                break
        else:
            is_large = False
    chosen = [path[depth[place]] for place, path in enumerate(paths)]
    if any(seed.acts or seed.listed for seed in seeds):
        return chosen
    kept = {section for section, _ in Counter(chosen).most_common(MOST_FEATURES - 1)}
    is_many = len(set(chosen)) > MOST_FEATURES
    return [section if section in kept or not is_many else (section[0], None) for section in chosen]


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
    """Return the first paragraph under a heading, before the next one."""
    for block in islice(document.blocks, 0 if heading is None else heading + 1, None):
        if block.kind == "heading":
            break
        if block.kind == "paragraph" and block.item is None:
            return plain_title(block.text)
    return ""
