"""`tasks runs`: the runs that Temporal knows."""

from __future__ import annotations

import click


@click.command("runs")
@click.option("--json", "as_json", is_flag=True, help="Print a list of {run_id, state, branch, progress}.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="The newest so many.")
def command(as_json: bool, limit: int) -> int:
    """List the runs, newest first."""
    import asyncio

    from schemas.errors import TasksError
    from schemas.execution import Progress, RunStatus
    from tasks_cli.printing import in_columns, print_json, print_note, print_result
    from tasks_cli.service_client import Service, run_status, with_service

    states = {"RUNNING": "running", "COMPLETED": "succeeded", "CANCELED": "cancelled"}

    async def one(service: Service, run_id: str, state: str) -> RunStatus:
        try:
            return await run_status(service, run_id)
        except TasksError as error:
            empty = Progress(completed=0, total=0)
            return RunStatus.model_validate(
                {"run_id": run_id, "state": state, "branch": None, "progress": empty, "reason": error.message}
            )

    async def body(service: Service) -> list[RunStatus]:
        listed: list[tuple[str, str]] = []
        async for execution in service.client.list_workflows("WorkflowType = 'ExecutePlan'", limit=limit * 3):
            name = execution.status.name if execution.status else "RUNNING"
            if execution.id not in {run_id for run_id, _ in listed} and len(listed) < limit:
                listed.append((execution.id, states.get(name, "failed")))
        return list(await asyncio.gather(*(one(service, run_id, state) for run_id, state in listed)))

    runs = with_service(body)
    if as_json:
        print_json([run.model_dump(mode="json", exclude={"tasks"}) for run in runs])
        return 0
    if not runs:
        print_note("there are no runs yet: `tasks execute PLAN` starts one")
        return 0
    rows = [
        (run.run_id, run.state, f"{run.progress.completed}/{run.progress.total}", run.branch or "")
        for run in runs
    ]
    print_result(in_columns([("run", "state", "landed", "branch"), *rows]))
    return 0
