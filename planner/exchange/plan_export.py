"""A plan for other programs: a checklist, a table, a graph, or issues to be made."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from planner.documents.mermaid_graph import mermaid_graph
from planner.exchange.task_line_reading import LISTED_ID
from planner.graph.exports import to_dot, to_graphml
from planner.plan_demands import precedence_graph, predecessors
from schemas.acceptance_checks import CommandCheck
from schemas.plan import Plan
from schemas.tasks import Task

CSV_COLUMNS = (
    *("id", "title", "feature", "wave", "after", "priority", "executor"),
    *("optimistic_hours", "likely_hours", "pessimistic_hours", "scope", "checks"),
)

DONE_WHEN = "### Done when"


def export_plan(plan: Plan, form: str) -> str:
    """Return the plan in one of the forms of `FORMS`, ending with a newline."""
    return FORMS[form](plan)


def _tasks_md(plan: Plan) -> str:
    """Return a checklist in phases, one for each feature; ticks are left to whoever works it off."""
    title = (plan.tasks.meta.title or plan.waves.planId).removeprefix("Tasks: ")
    lines = [f"# Tasks: {title}", ""]
    before, names = predecessors(plan.tasks), _names_in_list(plan)
    for number, feature in enumerate(plan.features.features, start=1):
        tasks = [task for task in plan.tasks.tasks if task.feature_id == feature.id]
        if tasks:
            lines += [f"## Phase {number}: {feature.title}", ""]
            lines += [f"- [ ] {_listed(task, names[task.id])}{_files(task)}" for task in tasks]
            lines.append("")
    edges = [
        f"- {names[task]} depends on {', '.join(names[name] for name in earlier)}"
        for task, earlier in before.items()
        if earlier
    ]
    if edges:
        lines += ["## Dependencies & Execution Order", "", *edges, ""]
    return "\n".join(lines)


def _names_in_list(plan: Plan) -> dict[str, str]:
    """Return what tasks are called in a list: T001 and on, if not all ids are such as lists have."""
    ids = [task.id for task in plan.tasks.tasks]
    if all(re.fullmatch(LISTED_ID, task) for task in ids):
        return dict(zip(ids, ids, strict=True))
    return {task: f"T{number:03d}" for number, task in enumerate(ids, start=1)}


def _listed(task: Task, name: str) -> str:
    return f"{name} {'' if name == task.id else f'[{task.id}] '}{_one_line(task.title)}"


def _csv(plan: Plan) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    waves, before = _waves(plan), predecessors(plan.tasks)
    for task in plan.tasks.tasks:
        hours = task.duration
        writer.writerow(
            [
                *(task.id, _plain(task.title), task.feature_id, waves.get(task.id, "")),
                *(" ".join(before[task.id]), task.scheduling_hints.priority),
                task.execution.executor if task.execution else "",
                *((hours.optimistic, hours.mostLikely, hours.pessimistic) if hours else ("", "", "")),
                *(" ".join(_scope(task)), len(task.acceptance_checks)),
            ]
        )
    return text.getvalue()


def _github_issues(plan: Plan) -> str:
    """Return a list of issues as GitHub's REST interface takes them, one for each task."""
    before = predecessors(plan.tasks)
    issues = [
        {
            "title": f"{task.id}: {_one_line(task.title)}",
            "body": "\n".join(_issue_body(task, before[task.id])),
            "labels": [task.category, f"priority:{task.scheduling_hints.priority}", plan.waves.planId],
        }
        for task in plan.tasks.tasks
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue_body(task: Task, after: tuple[str, ...]) -> Iterator[str]:
    yield task.description
    if task.boundaries is not None:
        yield ""
        yield DONE_WHEN
        yield from (f"- [ ] {criterion}" for criterion in task.boundaries.definition_of_done.criteria)
    if after:
        yield ""
        yield f"Depends on {', '.join(after)}."
    for info, text in _acting(task):
        mark = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
        yield from ("", f"{mark}{info}", text.rstrip("\n"), mark)
    for evidence in task.source_evidence:
        yield ""
        yield from (f"> {line}" for line in evidence.quote.splitlines())
        if evidence.document and evidence.startLine:
            yield f"> ({evidence.document}:{evidence.startLine})"


def _acting(task: Task) -> Iterator[tuple[str, str]]:
    """Yield the fences of a runbook that say what the task's author said: its estimate, script and checks."""
    hours = task.duration
    stated: dict[str, object] = {}
    if hours is not None and (task.origin or {}).get("duration") == "document":
        stated["estimate"] = [hours.optimistic, hours.mostLikely, hours.pessimistic]
    executor = task.execution.executor if task.execution is not None else None
    if executor == "manual":
        stated["executor"] = "manual"
    if executor == "noop":
        stated["changes"] = "none"
    if stated:
        yield "yaml task", "\n".join(f"{key}: {json.dumps(value)}" for key, value in stated.items())
    if task.execution is not None and task.execution.script:
        yield "sh run", task.execution.script
    if task.execution is not None and task.execution.patch:
        yield "diff apply", task.execution.patch
    for check in task.acceptance_checks:
        if isinstance(check, CommandCheck) and check.origin == "document":
            yield "sh check", check.cmd


def _graph(draw: Callable[..., str]) -> Callable[[Plan], str]:
    def drawn(plan: Plan) -> str:
        return draw(precedence_graph(plan.tasks), {task.id: task.title for task in plan.tasks.tasks})

    return drawn


def _mermaid(plan: Plan) -> str:
    return "\n".join(mermaid_graph(plan.tasks)[1:-1]) + "\n"


def _waves(plan: Plan) -> dict[str, int]:
    waves = plan.waves.execution_models.wave_based.waves
    return {task: wave.waveNumber for wave in waves for task in wave.tasks}


def _scope(task: Task) -> tuple[str, ...]:
    if task.file_scope is not None:
        return (*task.file_scope.modify, *task.file_scope.create)
    return task.boundaries.scope.includes if task.boundaries and task.boundaries.scope else ()


def _files(task: Task) -> str:
    named = [path for path in _scope(task) if "*" not in path and path not in task.title]
    return f" in {', '.join(named)}" if named else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    line = _one_line(text)
    return f"'{line}" if line[:1] in {"=", "+", "-", "@"} else line


FORMS: Mapping[str, Callable[[Plan], str]] = MappingProxyType(
    {
        "tasks-md": _tasks_md,
        "csv": _csv,
        "dot": _graph(to_dot),
        "graphml": _graph(to_graphml),
        "mermaid": _mermaid,
        "github-issues": _github_issues,
    }
)
