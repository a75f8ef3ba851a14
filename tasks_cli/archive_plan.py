"""`tasks archive-plan`: keep a plan under a tag, as it is, for good."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tasks_cli.path_type import path


@click.command("archive-plan")
@click.argument("directory", type=path)
@click.option("--tag", required=True, help="The name to keep it under, such as v1.0-release.")
@click.option("--json", "as_json", is_flag=True, help="Print {tag, plan_id, archived, place, files}.")
def command(directory: Path, tag: str, as_json: bool) -> None:
    """Copy the plan in DIRECTORY into the archive, read-only and with the hash of each file."""
    from planner.storage.plan_archive import PlanArchive
    from tasks_cli.plan import timestamp_now
    from tasks_cli.printing import print_json, print_note, print_result
    from workers.settings import load_settings, state_folder

    archive = PlanArchive(state_folder(load_settings(os.environ, Path.cwd())) / "archive")
    place = archive.add(directory, tag, timestamp_now())
    if as_json:
        manifest = next(plan for plan in archive.plans() if plan.tag == tag)
        print_json({**manifest.as_json(), "place": str(place)})
        return
    print_result(str(place))
    print_note(f"archived as {tag}; compare with it: tasks diff-plan {place} {directory}")
