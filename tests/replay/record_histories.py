"""Record the histories that the replay tests hold our workflows to; `make record-histories` runs it.

Each scenario is a whole run on a real server and real git. A recorded history is a promise: a change of the
workflows that cannot replay it would break runs that are under way when it is deployed.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle

from schemas.execution import CONTROL_QUEUE, PauseRequest, RunResult
from tests.isolated_environment import isolate_environment
from tests.small_project import plan_project, runbook, task
from tests.temporal.service import running_service
from workers.dev_server import free_port, start_dev_server, stop_dev_server
from workers.temporal_binary import find_temporal
from workflows.execute_plan import ExecutePlan

HISTORIES = Path(__file__).parent / "histories"
Handle = WorkflowHandle[ExecutePlan, RunResult]
TWICE = 'if [ "$TASKS_ATTEMPT" = 1 ]; then touch a.txt; else echo a > a.txt; fi'


async def leave_alone(_handle: Handle, _gate: Path) -> None:
    """Do nothing: the run goes to its end by itself."""


async def pause_and_continue(handle: Handle, gate: Path) -> None:
    """Pause while the first task runs, let it end, continue."""
    await _until_running(handle)
    await handle.execute_update(ExecutePlan.pause, PauseRequest(reason="recorded"))
    await asyncio.to_thread(gate.touch)
    await handle.execute_update(ExecutePlan.continue_run)


async def cancel(handle: Handle, _gate: Path) -> None:
    """Cancel while the first task runs."""
    await _until_running(handle)
    await handle.cancel()


WAITING = task(
    "Write a", "while [ ! -e {gate} ]; do sleep 0.05; done; echo a > a.txt", "test -s a.txt", id="A"
)
SCENARIOS: dict[str, tuple[str, Callable[[Handle, Path], Awaitable[None]]]] = {
    "success": (
        runbook(
            task("Write a", "echo a > a.txt", "test -s a.txt", id="A"),
            task("Write b", "echo b > b.txt", "test -s b.txt", id="B", after="[A]"),
            task("Write c", "echo c > c.txt", "test -s c.txt", id="C", after="[A]"),
        ),
        leave_alone,
    ),
    "retry": (runbook(task("Write a", TWICE, "test -s a.txt", id="A", scope="[a.txt]")), leave_alone),
    "failure": (
        runbook(
            task("Write a", "echo a > a.txt", "false", id="A"),
            task("Write b", "echo b > b.txt", "true", id="B", after="[A]"),
        ),
        leave_alone,
    ),
    "pause": (
        runbook(WAITING, task("Write b", "echo b > b.txt", "test -s b.txt", id="B")),
        pause_and_continue,
    ),
    "cancel": (runbook(WAITING), cancel),
}


async def record(client: Client, name: str, folder: Path) -> None:
    """Run one scenario and write the histories of the run and of its first task."""
    text, steer = SCENARIOS[name]
    gate = folder / "gate"
    project = plan_project(folder, text.replace("{gate}", str(gate)))
    run_id = f"recorded-{name}"
    await client.start_workflow("ExecutePlan", project.request, id=run_id, task_queue=CONTROL_QUEUE)
    handle = client.get_workflow_handle_for(ExecutePlan.run, run_id)
    await steer(handle, gate)
    try:
        await handle.result()
    except WorkflowFailureError as error:
        sys.stderr.write(f"{name}: ended with {type(error.cause).__name__}\n")
    for workflow_id, kind in ((run_id, "plan"), (f"{run_id}/A/1", "task")):
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        text = re.sub(r'"identity": "[^"]*"', '"identity": "recorded"', history.to_json())
        (HISTORIES / f"{name}-{kind}.json").write_text(
            json.dumps({"workflow_id": workflow_id, "history": json.loads(text)}, indent=1) + "\n",
            encoding="utf-8",
        )


async def record_all(folder: Path) -> None:
    """Record every scenario, or those named on the command line."""
    binary = find_temporal(os.environ, _say)
    starting = start_dev_server(
        binary,
        port=free_port(),
        ui_port=None,
        database=folder / "temporal.db",
        log_path=folder / "server.log",
    )
    server = await starting
    try:
        async with running_service(server, folder / "state") as client:
            for name in sys.argv[1:] or SCENARIOS:
                await record(client, name, folder / name)
    finally:
        stop_dev_server(server)


async def _until_running(handle: Handle) -> None:
    while True:
        status = await handle.query(ExecutePlan.status)
        if any(found.state == "running" for found in status.tasks):
            return
        await asyncio.sleep(0.1)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> None:
    """Record in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="tasks-histories-") as name:
        isolate_environment(os.environ, Path(name))
        asyncio.run(record_all(Path(name) / "recordings"))


if __name__ == "__main__":
    main()
    sys.stderr.flush()
    os._exit(0)  # temporalio 1.35 can crash the interpreter at exit
