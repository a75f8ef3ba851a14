"""The reviewer `checks`: rules that a program can decide, and never more than that (design 7.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from activities.reviewers.reviewed_change import FileChange, Finding, ReviewedChange, ReviewLimits
from activities.reviewers.rules_on_content import find_conflict_marks, find_placeholders, find_secrets
from activities.reviewers.rules_on_extent import find_emptiness, find_scope, find_size
from activities.reviewers.rules_on_tests import find_deleted_tests, find_weakened_tests
from schemas.activity_io import ReviewResult
from schemas.execution import Feedback

__all__ = ["RULES", "FileChange", "ReviewLimits", "ReviewedChange", "review_by_checks"]

NAME = "checks"
ReviewRule = Callable[[ReviewedChange, ReviewLimits], Iterator[Finding]]
RULES: Mapping[str, ReviewRule] = MappingProxyType(
    {
        "emptiness": find_emptiness,
        "scope": find_scope,
        "conflict-marks": find_conflict_marks,
        "deleted-tests": find_deleted_tests,
        "weakened-tests": find_weakened_tests,
        "secrets": find_secrets,
        "size": find_size,
        "placeholders": find_placeholders,
    }
)
"""The names are stable: they stand in feedback, logs and documents."""


def review_by_checks(change: ReviewedChange, limits: ReviewLimits | None = None) -> ReviewResult:
    """Return whether a change passes every rule, what it is sent back with, and what was only noted."""
    allowed = limits or ReviewLimits()
    feedback: list[Feedback] = []
    notes: list[str] = []
    for name, rule in RULES.items():
        for finding in rule(change, allowed):
            message = _printable(finding.message)
            if finding.rejects:
                feedback.append(Feedback(phase="review", rule=name, message=message))
            else:
                notes.append(f"{name}: {message}")
    return ReviewResult(accepted=not feedback, reviewer=NAME, feedback=tuple(feedback), notes=tuple(notes))


def _printable(text: str) -> str:
    """Return a text without the escaped bytes of a file's name: no message could carry them."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
