"""The section of Plan.md that says which task answers each statement of the documents, and its checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.documents.markdown_text import counted, listed, table
from planner.documents.task_table import check_text, place
from schemas.features import Statement
from schemas.plan import Plan

SMALL_PLAN = 5
MOST_ROWS = 150
MOST_CHECKS = 2
MOST_CHARACTERS = 100


def traceability(plan: Plan) -> Iterator[str]:
    """Yield the lines of the section: how many are answered, the table, and what nobody does."""
    statements = plan.features.statements or ()
    if not statements:
        return
    covered = [item for item in statements if item.tasks]
    uncovered = [item for item in statements if not item.tasks]
    yield f"- Answered by a task: {len(covered)} of {counted(len(statements), 'statement')} of the documents"
    if covered and len(plan.tasks.tasks) <= SMALL_PLAN and _stand_at_their_tasks(plan, covered):
        yield "- Each of them stands in the evidence of its task above"
    elif covered:
        yield ""
        yield from _table(plan, covered)
    if uncovered:
        yield ""
        yield f"Uncovered ({len(uncovered)}):"
        yield ""
        for item in uncovered[:MOST_ROWS]:
            yield f"- {_where(item)}: {_text(item)} ({item.uncovered})"
        if len(uncovered) > MOST_ROWS:
            yield f"- and {len(uncovered) - MOST_ROWS} more, see features.json"


def _stand_at_their_tasks(plan: Plan, statements: Sequence[Statement]) -> bool:
    """Tell whether the table of tasks shows already where all of these are asked for, and by whom done."""
    lines = {
        task.id: {
            (proof.document, line)
            for proof in task.source_evidence
            for line in range(proof.startLine, proof.endLine + 1)
        }
        for task in plan.tasks.tasks
    }
    return all(
        (item.source_evidence.document, item.source_evidence.startLine) in lines.get(task, set())
        for item in statements
        for task in item.tasks
    )


def _table(plan: Plan, statements: Sequence[Statement]) -> Iterator[str]:
    checks = {
        task.id: [check_text(check) for check in task.acceptance_checks] or ["none"]
        for task in plan.tasks.tasks
    }
    rows = [
        (
            item.id,
            _text(item),
            _where(item),
            listed(item.tasks, 4) + (" (by its words)" if item.linked_by == "words" else ""),
            _checks(item, checks),
        )
        for item in statements[:MOST_ROWS]
    ]
    yield from table(("Statement", "Says", "Where", "Task", "Check"), rows)
    if len(statements) > MOST_ROWS:
        yield ""
        yield f"and {len(statements) - MOST_ROWS} more, see features.json"


def _checks(item: Statement, checks: Mapping[str, Sequence[str]]) -> str:
    names = (check for task in item.tasks for check in checks.get(task, ())[:MOST_CHECKS])
    return "; ".join(dict.fromkeys(names))


def _where(item: Statement) -> str:
    return place(item.source_evidence)


def _text(item: Statement) -> str:
    line = " ".join(item.source_evidence.quote.split())
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "\u2026"
