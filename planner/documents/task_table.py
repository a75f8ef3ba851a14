"""The table of tasks in Plan.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

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
            places(task.source_evidence) or "none",
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


def places(evidence: Sequence[SourceEvidence]) -> str:
    """Return where quotes stand, each document named once, such as `spec.md:12-14, 20; more.md:3`."""
    lines: dict[str | None, set[int]] = {}
    for item in evidence:
        lines.setdefault(item.document, set()).update(range(item.startLine, item.endLine + 1))
    return "; ".join(
        (f"{document}:" if document else "line ") + ", ".join(_runs(sorted(numbers)))
        for document, numbers in lines.items()
    )


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    """Yield numbers that follow one another as `first-last`."""
    for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        found = [number for _, number in run]
        yield f"{found[0]}" if len(found) == 1 else f"{found[0]}-{found[-1]}"


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
