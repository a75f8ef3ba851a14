"""features.json: what the specification asks for, seen from outside (seed 001)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.evidence import SourceEvidence
from schemas.identifiers import ContentHash, Identifier, TaskId
from schemas.record import Record

PriorityName = Literal["critical", "high", "medium", "low"]
StatementKind = Literal["requirement", "behaviour", "story", "criterion", "work", "instruction"]
StatementLink = Literal["place", "label", "story", "words"]


class Generated(Record):
    """Who wrote an artifact, when (UTC, ISO 8601), and the hash of its content."""

    by: str
    timestamp: str
    contentHash: ContentHash


class Feature(Record):
    """A capability that a user or an operator would name."""

    id: Identifier
    title: Annotated[str, Field(min_length=1)]
    description: str
    priority: PriorityName
    source_evidence: tuple[SourceEvidence, ...]


class Statement(Record):
    """Something a document asks for, with the tasks that answer it; without any, `uncovered` says why.

    `linked_by` says how the tasks are known: they were made from it or stand around it (`place`), name its
    label, belong to its user story, or share so many of its words with no other task as near (`words`).
    """

    id: Identifier
    kind: StatementKind
    label: str | None = None
    source_evidence: SourceEvidence
    tasks: tuple[TaskId, ...] = ()
    linked_by: StatementLink | None = None
    uncovered: str | None = None


class FeaturesFile(Record):
    """The whole of features.json."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    generated: Generated
    features: tuple[Feature, ...]
    statements: tuple[Statement, ...] | None = None
