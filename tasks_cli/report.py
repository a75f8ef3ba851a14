"""`tasks report`: a plan, and what became of it, as one page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from planner.documents.report.run_record import RunRecord
    from tasks_cli.service_client import Service


@click.command("report")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--run", "run_id", metavar="RUN", default=None, help="Show also what this run of the plan did.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file.  [default: report.html in DIRECTORY]",
)
@click.option("--json", "as_json", is_flag=True, help="Print {report, plan_id, run_id, tasks} as JSON.")
def command(directory: Path, run_id: str | None, output: Path | None, as_json: bool) -> None:
    """Write the plan in DIRECTORY as an HTML page and print the page's path.

    The page shows the graph of the tasks, when each is expected to run, who holds which shared resource when,
    and all tasks in a table; with --run also when each task ran. It has no scripts and needs no other file.
    """
    from planner.documents.report.report_page import report_page
    from planner.storage.plan_folder import REPORT_FILE, read_plan_folder, read_plan_meta
    from tasks_cli.printing import print_json, print_result

    plan = read_plan_folder(directory)
    meta = read_plan_meta(directory)
    run = _recorded(run_id, plan.waves.planId) if run_id is not None else None
    named = output or directory / REPORT_FILE
    place = named.parent.resolve() / named.name
    page = report_page(plan, meta.estimate_origins if meta is not None else {}, run, _way(directory, place))
    _write(place, page)
    if as_json:
        facts = {"report": str(place), "plan_id": plan.waves.planId, "run_id": run_id}
        print_json({**facts, "tasks": len(plan.tasks.tasks)})
    else:
        print_result(str(place))


def _recorded(run_id: str, plan_id: str) -> RunRecord:
    from tasks_cli.recorded_run import recorded_run
    from tasks_cli.service_client import with_service

    async def body(service: Service) -> RunRecord:
        return await recorded_run(service, run_id, plan_id)

    return with_service(body)


def _way(directory: Path, place: Path) -> str:
    """Return the way from the page to the plan folder, for its links; "" when the page is in it."""
    way = os.path.relpath(directory.resolve(), place.parent)
    return "" if way == "." else way.replace(os.sep, "/")


def _write(place: Path, page: str) -> None:
    from schemas.errors import InvalidArguments

    try:
        place.write_bytes(page.encode())
    except OSError as error:
        raise InvalidArguments(
            f"{place} cannot be written: {error.strerror or error}", hint="choose another file with -o"
        ) from error
