"""Quote a document: the text exactly as it stands there, and where that is."""

from __future__ import annotations

from planner.intake.markdown_outline import Outline
from planner.intake.secret_redaction import redact, redact_spans
from schemas.evidence import SourceEvidence, Span


def evidence(document: Outline, start: int, end: int, section: str = "") -> SourceEvidence:
    """Return the evidence for a half-open range of characters: its quote is `text[start:end]`, exactly.

    Only a secret is taken out of the quote; then `redacted` is set and `loc` still names the whole range.

    Raises:
        ValueError: the range is empty or not within the document.
    """
    text = document.source.text
    if not 0 <= start < end <= len(text):
        message = f"there is nothing to quote at {start}-{end} in a document of {len(text)} characters"
        raise ValueError(message)
    quote = text[start:end]
    shown = _without_secrets(document, start, end)
    fields = {"redacted": True} if shown != quote else {}
    return SourceEvidence(
        quote=shown,
        loc=Span(start=start, end=end),
        section=redact(section)[0],
        startLine=document.line_of(start),
        endLine=document.line_of(end - 1),
        document=document.source.name,
        **fields,
    )


def _without_secrets(document: Outline, start: int, end: int) -> str:
    # A secret may reach over the ends of the quote, and a part of a text may look like a secret of its own.
    inside = [
        (max(first, start) - start, min(last, end) - start)
        for first, last in document.secrets
        if first < end and last > start
    ]
    return redact(redact_spans(document.source.text[start:end], inside))[0]
