"""Evidence: a quote, byte for byte as in its source, and the place where it stands."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.record import Count, Record


class Span(Record):
    """A half-open range of characters (code points) in the source document."""

    start: Count
    end: Count


class SourceEvidence(Record):
    """A quote of the source that supports a feature, a task or a dependency.

    `loc` counts characters in the decoded document, lines count from 1. `redacted` says that a secret
    was taken out of the quote, so that it no longer equals the source at `loc`.
    """

    quote: Annotated[str, Field(min_length=1)]
    loc: Span
    section: str = ""
    startLine: Annotated[int, Field(ge=1)]
    endLine: Annotated[int, Field(ge=1)]
    document: str | None = None
    redacted: bool | None = None
