"""`tasks list-plans`: the plans that were made on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command("list-plans")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the known plans whose folder still exists, the newest first."""
    from planner.storage.plan_archive import PlanArchive
    from planner.storage.plan_register import PlanRegister
    from tasks_cli.printing import in_columns, print_json, print_note, print_result
    from workers.settings import load_settings, state_folder

    state = state_folder(load_settings(os.environ, Path.cwd()))
    plans, archived = PlanRegister(state).plans(), PlanArchive(state / "archive").plans()
    tags: dict[str, list[str]] = {}
    for kept in archived:
        tags.setdefault(kept.plan_id, []).append(kept.tag)
    if as_json:
        print_json([{**plan.as_json(), "tags": tags.get(plan.plan_id, [])} for plan in plans])
    elif plans or archived:
        rows = [
            (
                plan.plan_id,
                "ok" if plan.ok else "rejected",
                f"{plan.tasks} tasks",
                plan.timestamp,
                plan.plan_dir,
            )
            for plan in plans
        ]
        rows += [
            (
                kept.plan_id,
                f"tag {kept.tag}",
                f"{kept.tasks} tasks",
                kept.archived,
                str(state / "archive" / kept.tag),
            )
            for kept in archived
        ]
        print_result(in_columns(rows))
    else:
        print_note("no plans yet; make one with `tasks plan -f DOCUMENT`")
