"""`tasks list-plans`: the plans that were made on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command("list-plans")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the known plans whose folder still exists, the newest first."""
    from planner.storage.plan_register import PlanRegister
    from tasks_cli.printing import in_columns, print_json, print_note, print_result
    from workers.settings import load_settings, state_folder

    plans = PlanRegister(state_folder(load_settings(os.environ, Path.cwd()))).plans()
    if as_json:
        print_json([plan.as_json() for plan in plans])
    elif plans:
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
        print_result(in_columns(rows))
    else:
        print_note("no plans yet; make one with `tasks plan -f DOCUMENT`")
