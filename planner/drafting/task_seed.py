"""A task as it was found in a document, before anything is added to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from planner.drafting.acting_fences import ActingFence, Action
from planner.drafting.task_headline import Headline
from planner.drafting.task_options import GivenOptions, TaskOptions
from planner.intake.markdown_outline import Block, Outline
from planner.intake.source_evidence import evidence
from schemas.evidence import SourceEvidence

MEASURE = re.compile(r"\b(?:estimated?|effort|duration|size|complexity|priority)\b", re.IGNORECASE)
Range = tuple[int, int]
Series = tuple[str | int | None, ...]
ISSUES: Series = ("issue",)
"""The series of the numbers of issues: they name tasks, and say nothing about their order."""


@dataclass(frozen=True, slots=True)
class ListedTask:
    """What a task is besides when it comes from a list of tasks.

    `texts` are its own line and those below it; `heading` is the number of the heading of its phase.
    `requirements` are the numbers of the requirements that it says it meets, `beside` the lines of tasks that
    only stand over it.
    """

    texts: tuple[Block, ...]
    heading: int | None
    phase: str | None = None
    story: str | None = None
    parallel: bool = False
    requirements: tuple[str, ...] = ()
    beside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskSeed:
    """A task of a document.

    `owner` is the number of the heading or list item that is the task; None for the text before any
    heading. `quotes` are the ranges of the source that ask for it, `body` the numbers of the blocks that
    belong to it. `series` and `number` are its place among tasks that are numbered together.
    """

    document: Outline
    owner: int | None
    headline: Headline
    quotes: tuple[Range, ...]
    body: tuple[int, ...] = ()
    fences: tuple[ActingFence, ...] = ()
    given: GivenOptions = field(default_factory=GivenOptions)
    criteria: tuple[str, ...] = ()
    description: str = ""
    series: Series = ()
    number: tuple[int, ...] = ()
    numbered_at: Range | None = None
    """Where its number stands, if not in its own headline."""
    answers: tuple[Range, ...] = ()
    """The ranges of statements elsewhere in the document that it answers, by their words."""
    needs: tuple[int, ...] = ()
    """The cells of a table that say which tasks it needs."""
    listed: ListedTask | None = None

    @property
    def options(self) -> TaskOptions:
        """What its `yaml task` fence says."""
        return self.given.options

    @property
    def line(self) -> int:
        """The line it begins in."""
        return self.document.line_of(self.quotes[0][0])

    @property
    def acts(self) -> bool:
        """Whether its author wrote fences that act."""
        return bool(self.fences)

    def scripts(self, action: Action) -> tuple[ActingFence, ...]:
        """Return its fences of one kind."""
        return tuple(fence for fence in self.fences if fence.action == action)

    def texts(self) -> tuple[Block, ...]:
        """Return the blocks that hold its prose, its headline first."""
        if self.listed is not None:
            return self.listed.texts
        owner = () if self.owner is None else (self.document.blocks[self.owner],)
        body = (self.document.blocks[number] for number in self.body)
        return (*owner, *(block for block in body if block.kind in ("paragraph", "item", "cell", "heading")))

    def prose(self) -> str:
        """Return all its prose; what a table says about size and priority has its column before it."""
        return "\n".join(
            f"{block.column_title}: {block.text}" if MEASURE.search(block.column_title) else block.text
            for block in self.texts()
        )

    def evidence(self) -> tuple[SourceEvidence, ...]:
        """Return the quotes of the source that ask for it."""
        place = self.listed.heading if self.listed is not None else self.owner
        section = "" if place is None else self.document.section_of(place)
        return tuple(evidence(self.document, start, end, section) for start, end in self.quotes)

    def where(self, key: str | None = None) -> str:
        """Return the document and line of a key of its options, else of the task."""
        line = self.line if key is None else self.given.lines.get(key, self.line)
        return f"{self.document.source.name}:{line}"


def numbering(document: Outline, owner: int, headline: Headline) -> tuple[Series, tuple[int, ...]]:
    """Return the series a heading or item is numbered in, and its number; both empty when it is not.

    Single numbers count among neighbours; `1.2` counts through the whole document.
    """
    block = document.blocks[owner]
    if headline.number:
        if len(headline.number) > 1:
            return ("parts", headline.series, len(headline.number)), headline.number
        place = block.group if block.kind == "item" else block.heading
        return (block.kind, headline.series, place, block.level), headline.number
    if block.number is not None:
        return ("list", block.group), (block.number,)
    return (), ()
