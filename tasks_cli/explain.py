"""`tasks explain`: why a task is where it is."""

from __future__ import annotations

import click

from tasks_cli.identifier_type import run_identifier, task_identifier


@click.command("explain")
@click.argument("run_id", metavar="RUN", type=run_identifier)
@click.argument("task_id", metavar="TASK", type=task_identifier)
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
def command(run_id: str, task_id: str, as_json: bool) -> int:
    """Say what TASK of RUN waits for, or why it failed."""
    from tasks_cli.printing import print_json, print_note, print_result
    from tasks_cli.run_summary import explanation_text
    from tasks_cli.service_client import with_service
    from tasks_cli.task_explanation import explanation_of

    found = with_service(lambda service: explanation_of(service, run_id, task_id))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return 0
    print_result(explanation_text(found))
    if found.feedback or found.state == "failed":
        print_note(f"next: tasks logs {run_id} {task_id}")
    return 0
