"""The tasks as a table: what is planned, what proves it and, of a run, what happened."""

from __future__ import annotations

from collections.abc import Sequence

from planner.documents.report.markup import Markup, cut, element, joined, one_line, text
from planner.documents.report.picture import scrolled
from planner.documents.report.task_words import TaskWords
from schemas.acceptance_checks import AcceptanceCheck

_CHECK_WIDTH = 60
_COMMIT_LENGTH = 10


def task_rows(tasks: Sequence[TaskWords], before: dict[str, tuple[str, ...]], *, with_run: bool) -> Markup:
    """Return the table, in the order given."""
    names = ["Task", "After", "Estimate", "Planned", "Checks", *(["State", "Took"] if with_run else [])]
    head = element("tr", {}, *(element("th", {"scope": "col"}, text(name)) for name in names))
    body = joined(_row(words, before[words.task.id], with_run=with_run) for words in tasks)
    table = element("table", {}, element("thead", {}, head), element("tbody", {}, body))
    return scrolled("Tasks", table)


def _row(words: TaskWords, before: tuple[str, ...], *, with_run: bool) -> Markup:
    named = element(
        "td",
        {},
        element("code", {}, text(words.task.id)),
        text(" ★ " if words.is_critical else " "),
        element("bdi", {}, text(one_line(words.task.title))),
    )
    cells = [
        named,
        element("td", {}, text(", ".join(before) or "-")),
        element("td", {}, text(words.estimate or "unknown")),
        element("td", {"class": "n"}, text(words.planned or "-")),
        element("td", {}, *_checks(words.task.acceptance_checks)),
    ]
    if with_run:
        cells += [_state(words), element("td", {}, text(_took(words)))]
    return element("tr", {}, *cells)


def _checks(checks: Sequence[AcceptanceCheck]) -> list[Markup]:
    if not checks:
        return [text("none")]
    return [element("div", {}, element("code", {}, text(_check(check)))) for check in checks]


def _check(check: AcceptanceCheck) -> str:
    if check.type == "command":
        lines = check.cmd.strip().splitlines()
        return cut(lines[0] if lines else "", _CHECK_WIDTH) + (" ..." if len(lines) > 1 else "")
    if check.type == "artifact":
        return f"file {check.path}"
    return f"metric {check.name}"


def _state(words: TaskWords) -> Markup:
    actual = words.actual
    if actual is None:
        return element("td", {}, text("not in this run"))
    kind = {"completed": "good", "failed": "bad"}.get(actual.state, "")
    attempts = f", {actual.attempts} attempts" if (actual.attempts or 0) > 1 else ""
    parts = [element("span", {"class": kind}, text(actual.state)), text(attempts)]
    if actual.commit:
        parts += [text(" "), element("code", {}, text(actual.commit[:_COMMIT_LENGTH]))]
    if actual.reason:
        parts.append(element("div", {"class": "soft"}, text(actual.reason)))
    return element("td", {}, *parts)


def _took(words: TaskWords) -> str:
    return ", ".join(part for part in (words.took, words.against) if part) or "-"
