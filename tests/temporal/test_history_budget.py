"""What runs cost Temporal: events for each task, bytes in payloads, and no replay for who asks later."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from pathlib import Path

import pytest
from temporalio.client import WorkflowFailureError

from schemas.execution import CONTROL_QUEUE, Explanation, RunStatus
from schemas.settings import Settings
from tasks_cli.service_client import Service, run_status
from tasks_cli.task_explanation import explanation_of
from tests.small_project import plan_project, runbook, task
from tests.temporal.service import running_service
from workers.dev_server import DevServer
from workers.service_record import ServiceRecord
from workers.state_folder import StateFolder
from workers.temporal_connection import TemporalTarget, connect
from workflows.execute_plan import ExecutePlan

MOST_EVENTS = 60
MOST_BYTES = 100_000
LOUD = "head -c 3000000 /dev/zero | tr '\\0' 'x' | fold -w 200; "


async def ended_run(
    server: DevServer, folder: Path, *sections: str
) -> tuple[str, dict[str, tuple[int, int]]]:
    """Run a plan to its end; return the run id, and events and bytes of each workflow's history."""
    project = plan_project(folder, runbook(*sections))
    run_id = f"run-{uuid.uuid4().hex[:8]}"
    async with running_service(server, folder / "state") as client:
        await client.start_workflow("ExecutePlan", project.request, id=run_id, task_queue=CONTROL_QUEUE)
        with contextlib.suppress(WorkflowFailureError):
            await client.get_workflow_handle_for(ExecutePlan.run, run_id).result()
        sizes = {}
        async for found in client.list_workflows(f"WorkflowId STARTS_WITH '{run_id}'"):
            history = await client.get_workflow_handle(found.id).fetch_history()
            sizes[found.id] = (
                len(history.events),
                sum(event.ByteSize() for event in history.events),
            )
    return run_id, sizes


def test_no_attempt_costs_more_than_sixty_events_whatever_becomes_of_it(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    twice = 'if [ "$TASKS_ATTEMPT" = 1 ]; then touch b.txt; else echo b > b.txt; fi'
    sections = (
        task("Write a", "echo a > a.txt", "test -s a.txt", id="A"),
        task("Write b", twice, "test -s b.txt", id="B", scope="[b.txt]"),
        task("Write c", "echo c > c.txt", "false", id="C"),
        task("Write d", "exit 3", "true", id="D", max_retries=0),
    )
    run_id, sizes = asyncio.run(ended_run(temporal_server, tmp_path, *sections))
    attempts = {"A": 1, "B": 2, "C": 3, "D": 1}
    for name, count in attempts.items():
        assert sizes[f"{run_id}/{name}/1"][0] <= MOST_EVENTS * count, (name, sizes)
    assert sizes[run_id][0] <= MOST_EVENTS + 15 * len(attempts), sizes


def test_megabytes_of_output_never_travel_through_temporal(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    sections = (
        task("Write a", f"{LOUD} echo a > a.txt", f"{LOUD} test -s a.txt", id="A"),
        task("Write b", f"{LOUD} exit 3", "true", id="B", max_retries=1),
        task("Write c", "seq 1000000 > c.txt", f"{LOUD} false", id="C", max_retries=1),
    )
    _, sizes = asyncio.run(ended_run(temporal_server, tmp_path, *sections))
    assert max(size for _, size in sizes.values()) < MOST_BYTES, sizes


@pytest.mark.parametrize("check", ["test -s a.txt", "false"])
def test_an_ended_run_is_shown_and_explained_without_a_worker(
    temporal_server: DevServer, tmp_path: Path, check: str
) -> None:
    async def scenario() -> tuple[RunStatus, Explanation]:
        run_id, _ = await ended_run(
            temporal_server, tmp_path, task("Write a", "echo a > a.txt", check, id="A", max_retries=0)
        )
        client = await connect(TemporalTarget(temporal_server.address))
        record = ServiceRecord(
            boot="",
            build="-",
            address=temporal_server.address,
            namespace="default",
            ui_url=None,
            ready=True,
            processes=(),
        )
        service = Service(Settings(), StateFolder(tmp_path), record, client)
        return await run_status(service, run_id), await explanation_of(service, run_id, "A")

    status, explanation = asyncio.run(scenario())
    assert status.state == ("failed" if check == "false" else "succeeded")
    assert [row.state for row in status.tasks] == ["failed" if check == "false" else "completed"]
    if check == "false":
        assert explanation.reason.startswith("post_test · ")
        assert [item.phase for item in explanation.feedback] == ["post_test"]
    else:
        assert (explanation.state, explanation.reason) == ("completed", "completed")
