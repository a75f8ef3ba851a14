"""Quote a document: the text exactly as it stands there, and where that is."""

from __future__ import annotations

from collections.abc import Iterable

from planner.intake.markdown_outline import Outline
from planner.intake.secret_redaction import SecretSpan, redact, redact_spans
from schemas.evidence import SourceEvidence, Span


def evidence(document: Outline, start: int, end: int, section: str = "") -> SourceEvidence:
    """Return the evidence for a half-open range of characters: its quote is `text[start:end]`, exactly.

    Only a secret is taken out of the quote; then `redacted` is set and `loc` still names the whole range. A
    document that is a part of a file is quoted as it stands in that file.

    Raises:
        ValueError: the range is empty or not within the document.
    """
    text = document.source.text
    if not 0 <= start < end <= len(text):
        message = f"there is nothing to quote at {start}-{end} in a document of {len(text)} characters"
        raise ValueError(message)
    file, lines, secrets = document.source, document.lines, document.secrets
    if document.excerpt is not None:
        file, lines, place = document.excerpt.file, document.excerpt.lines, document.excerpt.place
        start, end = place(start, end)
        secrets = tuple(place(*secret) for secret in secrets)
    quote = file.text[start:end]
    shown = _without_secrets(quote, start, secrets)
    fields = {"redacted": True} if shown != quote else {}
    return SourceEvidence(
        quote=shown,
        loc=Span(start=start, end=end),
        section=redact(section)[0],
        startLine=lines.at(start) + 1,
        endLine=lines.at(end - 1) + 1,
        document=file.name,
        **fields,
    )


def _without_secrets(quote: str, start: int, secrets: Iterable[SecretSpan]) -> str:
    # A secret may reach over the ends of the quote, and a part of a text may look like a secret of its own.
    end = start + len(quote)
    inside = [
        (max(first, start) - start, min(last, end) - start)
        for first, last in secrets
        if first < end and last > start
    ]
    return redact(redact_spans(quote, inside))[0]
