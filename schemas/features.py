"""features.json: what the specification asks for, seen from outside (seed 001)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.evidence import SourceEvidence
from schemas.identifiers import ContentHash, Identifier
from schemas.record import Record

PriorityName = Literal["critical", "high", "medium", "low"]


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


class FeaturesFile(Record):
    """The whole of features.json."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    generated: Generated
    features: tuple[Feature, ...]
