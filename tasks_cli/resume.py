"""`tasks resume`: take up a run that failed, was cancelled or was terminated."""

from __future__ import annotations

from pathlib import Path

import click

from tasks_cli.identifier_type import run_identifier
from tasks_cli.path_type import path


@click.command("resume")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.option("--repo", type=path, default=None, help="The run's repository, where it is now.")
@click.option("--branch", default=None, metavar="NAME", help="Go on on this feature branch from now on.")
@click.option("--detach", is_flag=True, help="Return as soon as the run is started.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(run_id: str, repo: Path | None, branch: str | None, detach: bool, as_json: bool) -> int:
    """Go on with RUN from what has landed on its feature branch; landed tasks are not done again."""
    from temporalio.client import WorkflowExecutionStatus

    from tasks_cli.printing import print_note, print_result
    from tasks_cli.resumed_request import ResumeOptions, resumed_request
    from tasks_cli.service_client import Service, existing_status, with_service
    from tasks_cli.start_run import follow_to_the_end, start_run

    async def body(service: Service) -> int:
        status = await existing_status(service, run_id)
        if status == WorkflowExecutionStatus.RUNNING:
            print_note(f"the run {run_id} is running: attached to it")
        else:
            request = await resumed_request(service, run_id, ResumeOptions(repo, branch))
            await start_run(service, run_id, request, "")
        if detach:
            print_result(run_id)
            return 0
        return await follow_to_the_end(service, run_id, as_json=as_json)

    return with_service(body, folder=repo)
