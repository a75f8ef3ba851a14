"""`tasks status`: what a run is doing."""

from __future__ import annotations

import click

from tasks_cli.identifier_type import run_identifier


@click.command("status")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON.")
@click.option("--watch", is_flag=True, help="Show it until the run ends.")
def command(run_id: str, as_json: bool, watch: bool) -> int:
    """Show the tasks of RUN: their state, phase, attempt, and why they wait."""
    from schemas.execution import RunStatus
    from tasks_cli.follow_run import with_phases
    from tasks_cli.printing import print_json, print_result
    from tasks_cli.run_summary import status_text
    from tasks_cli.service_client import Service, run_status, with_service
    from tasks_cli.start_run import follow_to_the_end

    if watch:

        async def watching(service: Service) -> int:
            await run_status(service, run_id)
            return await follow_to_the_end(service, run_id, as_json=as_json)

        return with_service(watching)

    async def body(service: Service) -> RunStatus:
        return await with_phases(service, await run_status(service, run_id))

    status = with_service(body)
    if as_json:
        print_json(status.model_dump(mode="json"))
    else:
        print_result(status_text(status))
    return 0
