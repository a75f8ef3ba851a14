"""Findings as people want to read them: what is said of many places is said once."""

from __future__ import annotations

from collections.abc import Sequence

from planner.documents.markdown_text import listed
from schemas.dag import Finding

MOST_PLACES = 6


def condensed(findings: Sequence[Finding], most_of_a_rule: int) -> list[Finding]:
    """Return fewer findings that say as much; the whole list is in dag.json.

    Those with the same message become one that names the other places. Of those of one rule the first
    `most_of_a_rule` stay, and the last of them says how many more there are.
    Those of one rule stand together.
    """
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.severity, finding.rule, finding.message), []).append(finding)
    of_rule: dict[tuple[str, str], list[Finding]] = {}
    for (severity, rule, _), same in alike.items():
        of_rule.setdefault((severity, rule), []).append(_one_for(same))
    return [finding for group in of_rule.values() for finding in _first(group, most_of_a_rule)]


def _one_for(same: Sequence[Finding]) -> Finding:
    first, *others = same
    if not others:
        return first
    places = list(dict.fromkeys(place for other in others if (place := _place(other, first))))
    if not places:
        return first.model_copy(update={"message": f"{first.message} ({len(same)} times)"})
    return first.model_copy(update={"message": f"{first.message} (also {listed(places, MOST_PLACES)})"})


def _place(finding: Finding, beside: Finding) -> str:
    """Return where a finding is, as short as it can be beside another one."""
    if finding.line is not None and finding.file == beside.file:
        return f"line {finding.line}"
    if finding.file is not None and finding.line is not None:
        return f"{finding.file}:{finding.line}"
    return finding.task or finding.pointer or ""


def _first(group: Sequence[Finding], most: int) -> list[Finding]:
    more = len(group) - most
    if more <= 1:  # a line that says "1 more" is no shorter than that one
        return list(group)
    last = group[most - 1]
    return [
        *group[: most - 1],
        last.model_copy(update={"message": f"{last.message} (and {more} more like these)"}),
    ]
