"""`tasks show-plan`: a plan at a glance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tasks_cli.path_type import path

if TYPE_CHECKING:
    from schemas.plan import Plan


@click.command("show-plan")
@click.argument("directory", type=path)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(directory: Path, as_json: bool) -> None:
    """Show the tasks of the plan in DIRECTORY, their waves and the forecast."""
    from planner.storage.plan_folder import read_plan_folder
    from tasks_cli.printing import print_json, print_result

    summary = _summary(directory, read_plan_folder(directory))
    if as_json:
        print_json(summary)
    else:
        print_result(_as_text(summary))


def plan_as_text(directory: Path, plan: Plan) -> str:
    """Return a plan at a glance."""
    return _as_text(_summary(directory, plan))


def _summary(directory: Path, plan: Plan) -> dict[str, object]:
    from planner.plan_demands import predecessors

    models = plan.waves.execution_models
    waves = {task: wave.waveNumber for wave in models.wave_based.waves for task in wave.tasks}
    before = predecessors(plan.tasks)
    rolling, waved = models.rolling_frontier.estimated_completion_time, models.wave_based.estimated_completion
    return {
        "plan_dir": str(directory.resolve()),
        "plan_id": plan.waves.planId,
        "title": plan.tasks.meta.title,
        "ok": plan.dag.ok,
        "execution_model": plan.tasks.meta.execution_model,
        "sources": [source.document for source in plan.tasks.meta.sources or ()],
        "tasks": [
            {
                "id": task.id,
                "title": task.title,
                "executor": task.execution.executor if task.execution is not None else None,
                "wave": waves.get(task.id),
                "after": list(before[task.id]),
                "checks": len(task.acceptance_checks),
                "priority": task.scheduling_hints.priority,
            }
            for task in plan.tasks.tasks
        ],
        "resources": {name: use.as_json() for name, use in plan.dag.metrics.resourceUtilization.items()},
        "rolling_frontier": rolling.as_json() if rolling is not None else None,
        "wave_based": waved.as_json() if waved is not None else None,
        "errors": len(plan.dag.errors),
        "warnings": len(plan.dag.warnings),
    }


def _as_text(summary: dict[str, object]) -> str:
    from planner.forecasting.rounded_hours import hours_text
    from tasks_cli.printing import in_columns

    tasks = summary["tasks"]
    if not isinstance(tasks, list):
        raise TypeError("a summary holds a list of tasks")
    header = ("TASK", "WAVE", "EXECUTOR", "CHECKS", "AFTER", "TITLE")
    rows = [
        (
            task["id"],
            str(task["wave"] or "-"),
            task["executor"] or "not named",
            str(task["checks"]),
            ", ".join(task["after"]) or "-",
            task["title"],
        )
        for task in tasks
    ]
    state = "accepted" if summary["ok"] else f"rejected, {summary['errors']} errors: see tasks validate-plan"
    lines = [f"{summary['plan_id']}  {summary['title'] or ''}".rstrip(), f"{len(tasks)} tasks, {state}"]
    for name, label in (("rolling_frontier", "rolling frontier"), ("wave_based", "in waves")):
        hours = summary[name]
        if isinstance(hours, dict):
            lines.append(
                f"{label}: {hours_text(hours['p50_hours'])} at P50, {hours_text(hours['p95_hours'])} at P95"
            )
    return "\n".join([*lines, "", in_columns([header, *rows])])
