"""`tasks pause`: start no more tasks of a run."""

from __future__ import annotations

import click


@click.command("pause")
@click.argument("run_id", metavar="RUN")
@click.option("--reason", default="paused by a person", help="What others are told.")
def command(run_id: str, reason: str) -> int:
    """Start no more tasks of RUN; what runs goes on to its end."""
    from schemas.execution import ChangeReply, PauseRequest
    from tasks_cli.printing import print_note, print_result
    from tasks_cli.service_client import Service, asked, with_service
    from workflows.execute_plan import ExecutePlan

    async def body(service: Service) -> ChangeReply:
        update = service.run(run_id).execute_update(ExecutePlan.pause, PauseRequest(reason=reason))
        return await asked(update, run_id)

    print_result(with_service(body).message)
    print_note(f"next: tasks continue {run_id}")
    return 0
