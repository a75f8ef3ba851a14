"""What a document leaves open: marks such as TBD, and the items below `Open questions`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.drafting.section_kinds import is_open_question
from planner.drafting.task_headline import plain_title, shortened
from planner.intake.markdown_outline import Outline
from planner.intake.secret_redaction import redact
from schemas.dag import Finding

OPEN = re.compile(
    r"\[NEEDS CLARIFICATION[^\]]*\]|\b(?:TBD|TBC|TBA)\b|\?{3,}|"
    r"\bto be (?:decided|determined|defined|confirmed)\b",
    re.IGNORECASE,
)
MOST = 20


def open_questions(document: Outline) -> tuple[Finding, ...]:
    """Return a warning for each open question, the first twenty of them: nobody answers them by guessing."""
    found = list(_questions(document))
    findings = [
        Finding(
            rule="open-question",
            severity="warning",
            message=f"left open by the document: {redact(shortened(text))[0]!r}; decide it, then plan again",
            file=document.source.name,
            line=line,
        )
        for line, text in found[:MOST]
    ]
    if len(found) > MOST:
        message = f"and {len(found) - MOST} more open questions"
        findings.append(
            Finding(rule="open-question", severity="warning", message=message, file=document.source.name)
        )
    return tuple(findings)


def _questions(document: Outline) -> Iterator[tuple[int, str]]:
    for number, block in enumerate(document.blocks):
        if block.kind not in ("paragraph", "item", "cell", "heading") or block.checked:
            continue
        mark = OPEN.search(block.text)
        if mark:
            line = block.first_line + block.text.count("\n", 0, mark.start())
            yield line, plain_title(block.text.split("\n")[line - block.first_line])
        elif block.kind == "item" and block.item is None and is_open_question(document, number):
            yield block.first_line, plain_title(block.text)
