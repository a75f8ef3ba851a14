"""The table of tasks in Plan.md."""

from __future__ import annotations

from collections.abc import Mapping

from planner.documents.markdown_text import table
from planner.draft import EstimateOrigin
from planner.plan_demands import predecessors
from schemas.acceptance_checks import AcceptanceCheck
from schemas.evidence import SourceEvidence
from schemas.tasks import Task, TasksFile

_ORIGINS: Mapping[EstimateOrigin, str] = {
    "sizing_rule": "sizing rule",
    "document": "document",
    "model": "model",
}


def task_table(tasks: TasksFile, origins: Mapping[str, EstimateOrigin]) -> list[str]:
    """Return the lines of the table: who does each task, what proves it, where it is asked for."""
    before = predecessors(tasks)
    rows = [
        (
            task.id,
            task.title,
            task.execution.executor if task.execution is not None else "not named",
            "; ".join(check_text(check) for check in task.acceptance_checks) or "none",
            ", ".join(before[task.id]) or "-",
            _estimate(task, origins.get(task.id)),
            ", ".join(place(evidence) for evidence in task.source_evidence) or "none",
        )
        for task in tasks.tasks
    ]
    return table(("Task", "Title", "Executor", "Checks", "After", "Hours", "Evidence"), rows)


def place(evidence: SourceEvidence) -> str:
    """Return where a quote stands, such as `spec.md:12-14`."""
    lines = f"{evidence.startLine}"
    if evidence.endLine != evidence.startLine:
        lines += f"-{evidence.endLine}"
    return f"{evidence.document}:{lines}" if evidence.document else f"line {lines}"


def check_text(check: AcceptanceCheck) -> str:
    """Return a check in a few words."""
    if check.type == "command":
        lines = check.cmd.strip().splitlines()
        first = lines[0] if lines else ""
        return f"`{first}`" + (" ..." if len(lines) > 1 else "")
    if check.type == "artifact":
        return f"file {check.path}"
    return f"metric {check.name}"


def _estimate(task: Task, origin: EstimateOrigin | None) -> str:
    if task.duration is None:
        return "unknown"
    points = task.duration
    shown = f"{points.optimistic:g}/{points.mostLikely:g}/{points.pessimistic:g}"
    return f"{shown} ({_ORIGINS[origin]})" if origin is not None else shown
