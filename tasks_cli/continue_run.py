"""`tasks continue`: let a paused run go on."""

from __future__ import annotations

import click


@click.command("continue")
@click.argument("run_id", metavar="RUN")
def command(run_id: str) -> int:
    """Let a paused RUN go on."""
    from schemas.execution import ChangeReply
    from tasks_cli.printing import print_result
    from tasks_cli.service_client import Service, asked, with_service
    from workflows.execute_plan import ExecutePlan

    async def body(service: Service) -> ChangeReply:
        return await asked(service.run(run_id).execute_update(ExecutePlan.continue_run), run_id)

    print_result(with_service(body).message)
    return 0
