"""The table of plan rules, and the validation of a plan by all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from planner.rules import hard_fails, integrity, quality_metrics
from planner.rules.rule import Rule
from planner.storage.json_positions import lines_of
from planner.storage.plan_folder import described
from schemas.dag import Finding
from schemas.errors import (
    CyclicDependencies,
    PlanValidationFailed,
    ResourceConflictUnresolvable,
    TasksError,
)
from schemas.plan import DAG_FILE, Plan

RULES = (
    Rule("no_cycles", "error", hard_fails.no_cycles),
    Rule("resource_edges_typed", "error", hard_fails.resource_edges_typed),
    Rule("boundaries_present", "error", hard_fails.boundaries_present),
    Rule("estimates_cover_half", "error", hard_fails.estimates_cover_half),
    Rule("evidence_present", "error", hard_fails.evidence_present),
    Rule("checks_present", "error", hard_fails.checks_present),
    Rule("no_secrets", "error", hard_fails.no_secrets),
    Rule("codebase_analysed", "error", hard_fails.codebase_analysed),
    Rule("ids_unique", "error", integrity.ids_unique),
    Rule("ids_safe", "error", integrity.ids_safe),
    Rule("references_resolve", "error", integrity.references_resolve),
    Rule("paths_inside", "error", integrity.paths_inside),
    Rule("statements_answered", "error", integrity.statements_answered),
    Rule("durations_ordered", "error", integrity.durations_ordered),
    Rule("evidence_located", "error", integrity.evidence_located),
    Rule("resources_fit", "error", integrity.resources_fit),
    Rule("hashes_match", "error", integrity.hashes_match),
    Rule("artifacts_agree", "error", integrity.artifacts_agree),
    Rule("edge_density", "warning", quality_metrics.edge_density),
    Rule("verb_first", "warning", quality_metrics.verb_first),
    Rule("evidence_coverage", "warning", quality_metrics.evidence_coverage),
    Rule("conflicts_settled", "warning", quality_metrics.conflicts_settled),
)
_REJECTIONS: Mapping[str, type[TasksError]] = {
    "no_cycles": CyclicDependencies,
    "resources_fit": ResourceConflictUnresolvable,
}


def validate(plan: Plan, folder: Path | None = None) -> tuple[Finding, ...]:
    """Return everything that the rules say about a plan, errors first; with a folder, also the lines.

    What the plan recorded about its own making, such as a cycle that was opened, is repeated.
    """
    found = [finding for rule in RULES for finding in rule.findings(plan)]
    found.extend(_recorded(plan))
    ordered = sorted(found, key=lambda finding: finding.severity != "error")
    return tuple(_with_lines(ordered, folder) if folder is not None else ordered)


def is_good(findings: Iterable[Finding]) -> bool:
    """Return whether nothing among the findings rejects the plan."""
    return all(finding.severity != "error" for finding in findings)


def rejection(findings: Iterable[Finding], mend: str = "the document") -> TasksError | None:
    """Return the error that rejects a plan, or `None`: its class tells the exit code (3, 4 or 5).

    Args:
        findings: what the rules say.
        mend: what the user is to mend: whatever the plan was made from.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return None
    kind = next((_REJECTIONS[item.rule] for item in errors if item.rule in _REJECTIONS), PlanValidationFailed)
    first = next(
        (item for item in errors if _REJECTIONS.get(item.rule, PlanValidationFailed) is kind), errors[0]
    )
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return kind(
        f"the plan is rejected: {described(first)}{more}",
        hint=f"mend {mend} as said, and call this again; the folder holds all findings in dag.json",
    )


def _recorded(plan: Plan) -> list[Finding]:
    """Return what no rule can find again: what a drafter or a stage reported when the plan was made."""
    names = {rule.name for rule in RULES}
    return [
        _as_finding(item, severity)
        for items, severity in ((plan.dag.errors, "error"), (plan.dag.warnings, "warning"))
        for item in items
        if isinstance(item, str) or item.rule not in names
    ]


def _as_finding(item: Finding | str, severity: str) -> Finding:
    if isinstance(item, Finding):
        return item
    return Finding(rule="recorded", severity=severity, message=item, file=DAG_FILE)


def _with_lines(findings: Iterable[Finding], folder: Path) -> list[Finding]:
    findings = list(findings)
    wanted: dict[str, list[str]] = {}
    for finding in findings:
        if finding.line is None and finding.file and finding.pointer is not None:
            wanted.setdefault(finding.file, []).append(finding.pointer)
    lines: dict[str, dict[str, int]] = {}
    for file, pointers in wanted.items():
        if (folder / file).is_file():
            lines[file] = lines_of((folder / file).read_text(encoding="utf-8"), pointers)
    return [_placed(finding, lines) for finding in findings]


def _placed(finding: Finding, lines: Mapping[str, Mapping[str, int]]) -> Finding:
    line = lines.get(finding.file or "", {}).get(finding.pointer or "")
    if finding.line is not None or line is None:
        return finding
    return finding.model_copy(update={"line": line})
