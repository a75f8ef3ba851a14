"""A list of tasks as spec-kit, Kiro and OpenSpec write it: its groups and its lines, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dialect = Literal["spec-kit", "numbered"]
TaskState = Literal["open", "done", "deferred"]
GroupKind = Literal["setup", "foundational", "story", "polish", "phase"]


@dataclass(frozen=True, slots=True)
class TextRange:
    """A line of text in the document: its number from 1, and its half-open range without outer spaces."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A phase or part of the list: its heading, what it is, and the story it belongs to (`US1`)."""

    title: str
    kind: GroupKind
    place: TextRange
    number: tuple[int, ...] = ()
    story: str | None = None
    priority: str | None = None


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task: `text` is what stands behind its id and marks, `text_start` where that begins in the source.

    `stories` are the labels of user stories, `labels` all other labels in brackets, as written. `details`
    are the indented lines below it. `group` is the number of its group, None before any; `section` is the
    line of the nearest heading above. `mark` is where the character in its checkbox stands, None when it has
    no box.
    """

    id: str
    text: str
    text_start: int
    place: TextRange
    state: TaskState = "open"
    parallel: bool = False
    optional: bool = False
    stories: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    group: int | None = None
    details: tuple[TextRange, ...] = ()
    requirements: tuple[str, ...] = ()
    section: int | None = None
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in the list that its format does not know, and what was made of it."""

    rule: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class TaskList:
    """A whole list: nothing of it is dropped without an oddity that says so.

    `parents` are lines that only stand over other tasks, as `2` over `2.1`.

    `relations` are the lines that may say which tasks come before which, `drawn` those with arrows inside of
    code blocks.
    """

    dialect: Dialect
    groups: tuple[TaskGroup, ...]
    tasks: tuple[TaskLine, ...]
    relations: tuple[TextRange, ...] = ()
    drawn: tuple[TextRange, ...] = ()
    parents: tuple[TaskLine, ...] = ()
    oddities: tuple[Oddity, ...] = ()
