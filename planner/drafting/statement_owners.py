"""Who answers each statement of the documents: one task or several, or nobody, and then why."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.drafting.section_kinds import USER_STORY
from planner.drafting.statements import (
    ABOUT_ORDER,
    ABOUT_WORDS,
    DONE_HERE,
    FOR_USERS,
    IN_CODE,
    NOT_TEXT,
    NOT_WANTED_HERE,
    TICKED,
    StatedNeed,
)
from planner.drafting.task_headline import plain_title
from planner.drafting.task_owners import places_of
from planner.drafting.task_seed import ListedTask, Range, TaskSeed
from planner.intake.markdown_outline import Outline
from planner.intake.secret_redaction import redact
from planner.intake.source_evidence import evidence
from schemas.dag import Finding
from schemas.features import Statement, StatementLink

NO_TASK = "no task holds it or names it"
LEFT_OUT = frozenset(
    (TICKED, NOT_WANTED_HERE, ABOUT_WORDS, ABOUT_ORDER, IN_CODE, NOT_TEXT, FOR_USERS, DONE_HERE)
)
LABEL = re.compile(r"\b[A-Z]{1,8}-?\d{1,4}(?:\.\d{1,3}|[a-z])?\b")
STORY_LABEL = re.compile(r"(?:US|STORY)-?0*(?P<number>\d{1,4})[a-z]?", re.IGNORECASE)
MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class _Link:
    tasks: tuple[str, ...]
    by: StatementLink


class StatementOwners:
    """Finds the tasks of a statement by where it stands, by its label, by its story and by its words."""

    def __init__(self, seeds: Sequence[TaskSeed], ids: Sequence[str]) -> None:
        self._holders: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        self._below: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        self._lines: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        self._ranges: defaultdict[tuple[int, Range], list[str]] = defaultdict(list)
        self._answers: defaultdict[tuple[int, Range], list[str]] = defaultdict(list)
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        self._stories: defaultdict[str, list[str]] = defaultdict(list)
        self._lists = {id(seed.document) for seed in seeds if seed.listed is not None}
        for seed, task in zip(seeds, ids, strict=True):
            self._add(seed, task)

    def _add(self, seed: TaskSeed, task: str) -> None:
        document = id(seed.document)
        for number in (*seed.body, *(() if seed.owner is None else (seed.owner,))):
            self._holders[document, number].append(task)
        for quote in seed.quotes:
            self._ranges[document, quote].append(task)
        for quote in seed.answers:
            self._answers[document, quote].append(task)
        for block in seed.texts():
            for label in dict.fromkeys(LABEL.findall(block.text)):
                self._names[label].append(task)
        for place in () if seed.owner is None else places_of(seed.document, seed.owner):
            self._below[document, place].append(task)
        if seed.listed is not None:
            self._add_listed(document, seed.listed, task)

    def _add_listed(self, document: int, listed: ListedTask, task: str) -> None:
        if listed.heading is not None:
            self._below[document, listed.heading].append(task)
        for line in (*(block.first_line for block in listed.texts), *listed.beside):
            self._lines[document, line].append(task)
        for story in (listed.story or "").split("+"):
            self._stories[story].append(task)
        for name in listed.requirements:
            self._names[name].append(task)

    def link(self, document: Outline, statement: StatedNeed) -> _Link | None:
        """Return the tasks that answer a statement, None when there is none."""
        key, span = id(document), (statement.start, statement.end)
        choices: tuple[tuple[StatementLink, Sequence[str]], ...] = (
            ("place", self._ranges.get((key, span), ())),
            ("place", self._holders.get((key, statement.block), ())),
            ("place", self._lines.get((key, document.line_of(statement.start)), ())),
            ("label", self._names.get(statement.label, ()) if statement.label else ()),
            ("story", self._of_story(document, statement)),
            ("words", self._answers.get((key, span), ())),
            ("place", self._below_heading(document, statement)),
        )
        for by, tasks in choices:
            if tasks:
                return _Link(tuple(dict.fromkeys(tasks)), by)
        return None

    def _of_story(self, document: Outline, statement: StatedNeed) -> Sequence[str]:
        """Return the tasks of the user story that a statement stands under, or that it is."""
        label = STORY_LABEL.fullmatch(statement.label or "")
        if label:
            return self._stories.get(f"US{int(label['number'])}", ())
        places = (statement.block, *places_of(document, statement.block)) if statement.block >= 0 else ()
        headings = (document.blocks[place] for place in places if document.blocks[place].kind == "heading")
        titles = (USER_STORY.match(plain_title(block.text)) for block in headings)
        story = next((title for title in titles if title), None)
        return self._stories.get(f"US{int(story['number'])}", ()) if story else ()

    def _below_heading(self, document: Outline, statement: StatedNeed) -> Sequence[str]:
        """Return the tasks below a heading that requires something, or of the phase it is said in."""
        if statement.block < 0:
            return ()
        block = document.blocks[statement.block]
        if block.kind == "heading":
            return self._below.get((id(document), statement.block), ())
        if id(document) not in self._lists or block.heading is None:
            return ()
        return self._below.get((id(document), block.heading), ())


def traced_statements(
    documents: Sequence[tuple[Outline, Sequence[StatedNeed]]], owners: StatementOwners
) -> tuple[Statement, ...]:
    """Return all statements of the documents with their tasks, numbered in the order of the text."""
    found: list[Statement] = []
    for document, statements in documents:
        for statement in statements:
            found.append(_traced(f"S{len(found) + 1:03d}", document, statement, owners))
    return tuple(found)


def uncovered_findings(statements: Sequence[Statement], known: Sequence[Finding]) -> Iterator[Finding]:
    """Yield a warning for what is asked for and nobody does; what its author left out is only listed.

    `known` are the findings so far: a checkbox that became no task is not reported again.
    """
    reported = {(item.file, item.line) for item in known if item.rule in ("not-planned", "box-without-id")}
    open_ones = [
        item
        for item in statements
        if item.uncovered == NO_TASK
        and (item.source_evidence.document, item.source_evidence.startLine) not in reported
    ]
    for item in open_ones[:MOST_FINDINGS]:
        place = item.source_evidence
        message = f"nobody does this: {_shortened(place.quote)!r}; {item.uncovered}"
        yield Finding(
            rule="uncovered", severity="warning", message=message, file=place.document, line=place.startLine
        )
    if len(open_ones) > MOST_FINDINGS:
        message = (
            f"and {len(open_ones) - MOST_FINDINGS} more statements that no task answers: see features.json"
        )
        yield Finding(rule="uncovered", severity="warning", message=message)


def _traced(number: str, document: Outline, statement: StatedNeed, owners: StatementOwners) -> Statement:
    section = document.section_of(statement.block) if statement.block >= 0 else ""
    given: dict[str, object] = {}
    if statement.label is not None:
        given["label"] = redact(statement.label)[0]
    link = None if statement.reason in LEFT_OUT else owners.link(document, statement)
    if link is not None and (statement.reason is None or link.by == "place"):
        given.update(tasks=link.tasks, linked_by=link.by)
    else:
        given["uncovered"] = statement.reason or NO_TASK
    proof = evidence(document, statement.start, statement.end, section)
    return Statement.model_validate({"id": number, "kind": statement.kind, "source_evidence": proof, **given})


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:99] + "\u2026"  # noqa: PLR2004 - a line of a report
