"""`tasks diff-plan`: what differs between two plans, and what that means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tasks_cli.path_type import path

if TYPE_CHECKING:
    from planner.exchange.plan_difference import PlanDifference


@click.command("diff-plan")
@click.argument("before", type=path)
@click.argument("after", type=path)
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when the plans differ, as diff does.")
def command(before: Path, after: Path, as_json: bool, exit_code: bool) -> int:
    """Compare the plans in the directories BEFORE and AFTER: tasks, edges, estimates, forecast."""
    from planner.exchange.plan_difference import difference_as_json, plan_difference
    from planner.storage.plan_folder import read_plan_folder
    from tasks_cli.printing import print_json, print_result

    difference = plan_difference(read_plan_folder(before), read_plan_folder(after))
    if as_json:
        print_json(difference_as_json(difference))
    else:
        print_result(_as_text(difference))
    return 1 if exit_code and not difference.is_empty else 0


def _as_text(difference: PlanDifference) -> str:
    from planner.exchange.plan_difference import meaning_of
    from planner.forecasting.rounded_hours import hours_text
    from tasks_cli.printing import coloured

    lines = [f"{difference.plan_before} -> {difference.plan_after}"]
    lines += [coloured(f"+ {task}", "green") for task in difference.added]
    lines += [coloured(f"- {task}", "red") for task in difference.removed]
    for item in difference.changed:
        hours = ""
        if item.hours_before != item.hours_after:
            known = [
                hours_text(value) if value is not None else "no estimate"
                for value in (item.hours_before, item.hours_after)
            ]
            hours = f" ({known[0]} -> {known[1]})"
        lines.append(f"~ {item.id}: {', '.join(item.fields)}{hours}")
    lines += [coloured(f"+ {earlier} -> {later}", "green") for earlier, later in difference.edges_added]
    lines += [coloured(f"- {earlier} -> {later}", "red") for earlier, later in difference.edges_removed]
    return "\n".join([*lines, *meaning_of(difference)])
