"""Record the histories that the replay tests hold our workflows to; `make record-histories` runs it.

Each scenario is a whole run on a real server and real git. A recorded history is a promise: a change of the
workflows that cannot replay it would break runs that are under way when it is deployed.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle

from schemas.execution import CONTROL_QUEUE, PauseRequest, PersonReply, RunResult, TaskStatus
from tests.isolated_environment import isolate_environment
from tests.small_project import plan_project, runbook, task
from tests.temporal.service import running_service
from tests.workflow_sandbox import sandboxed
from workers.control_worker import control_worker
from workers.dev_server import DevServer, free_port, start_dev_server, stop_dev_server
from workers.temporal_binary import find_temporal
from workers.temporal_connection import TemporalTarget, connect
from workflows.execute_plan import ExecutePlan

LOOK_SECONDS = 0.1
CHECKOUT = Path(__file__).resolve().parents[2]
HISTORIES = Path(__file__).parent / "histories"
Handle = WorkflowHandle[ExecutePlan, RunResult]
TWICE = 'if [ "$TASKS_ATTEMPT" = 1 ]; then touch a.txt; else echo a > a.txt; fi'


@dataclass(frozen=True, slots=True)
class Scene:
    """A run under way, and what a scenario needs to interfere with it."""

    handle: Handle
    gate: Path
    client: Client
    server: DevServer
    folder: Path


async def leave_alone(_scene: Scene) -> None:
    """Do nothing: the run goes to its end by itself."""


async def pause_and_continue(scene: Scene) -> None:
    """Pause while the first task runs, let it end, continue."""
    handle = scene.handle
    await _until(handle, "running")
    await handle.execute_update(ExecutePlan.pause, PauseRequest(reason="recorded"))
    await asyncio.to_thread(scene.gate.touch)
    await handle.execute_update(ExecutePlan.continue_run)


async def cancel(scene: Scene) -> None:
    """Cancel while the first task runs."""
    await _until(scene.handle, "running")
    await scene.handle.cancel()


async def answer(scene: Scene) -> None:
    """Do the first task by hand, and approve it at the second try."""
    task = scene.client.get_workflow_handle(f"{scene.handle.id}/A/1")
    for update, message in (("done", ""), ("reject", "again"), ("done", "now"), ("approve", "")):
        await _until(scene.handle, "paused", f"your {'work' if update == 'done' else 'review'}")
        if update == "done":
            reason = next(found.reason for found in await _tasks(scene.handle)) or ""
            place = Path(re.findall(r"work in (\S+?);", reason)[0])
            (place / "a.txt").write_text(f"a {message}\n", encoding="utf-8")
        await task.execute_update(update, PersonReply(message=message))


async def lose_the_worker(scene: Scene) -> None:
    """Kill the only worker while it develops, then start another one with another identity."""
    first = await _worker_process(scene)
    await _until(scene.handle, "running")
    started = scene.gate.with_suffix(".started")
    while not started.exists():  # noqa: ASYNC110 - only a look tells
        await asyncio.sleep(LOOK_SECONDS)
    first.kill()
    await first.wait()
    # Without its identity the next process is another worker, on the same host.
    await asyncio.to_thread(shutil.rmtree, scene.folder / "state" / "workers")
    second = await _worker_process(scene)
    await asyncio.to_thread(scene.gate.touch)
    await scene.handle.result()
    second.terminate()
    await second.wait()


WAITING = task(
    "Write a", "while [ ! -e {gate} ]; do sleep 0.05; done; echo a > a.txt", "test -s a.txt", id="A"
)
BY_HAND = (
    "## Write a\n\n```yaml task\nid: A\nexecutor: manual\nreviewer: human\n```\n\n"
    "```sh check\ntest -s a.txt\n```\n\n"
)
DEVELOPING = task(
    "Write a",
    "touch {gate}.started; while [ ! -e {gate} ]; do sleep 0.05; done; echo a > a.txt",
    "test -s a.txt",
    id="A",
)
SCENARIOS: dict[str, tuple[str, Callable[[Scene], Awaitable[None]]]] = {
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
    "by-hand": (runbook(BY_HAND), answer),
    "lost-worker": (runbook(DEVELOPING), lose_the_worker),
}


async def record(server: DevServer, name: str, folder: Path) -> None:
    """Run one scenario with workers in this process, or in processes that it may kill."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    if SCENARIOS[name][1] is lose_the_worker:
        client = await connect(TemporalTarget(server.address))
        async with control_worker(client, sandboxed()):
            await _record(server, client, name, folder)
        return
    async with running_service(server, folder / "state") as client:
        await _record(server, client, name, folder)


async def _record(server: DevServer, client: Client, name: str, folder: Path) -> None:
    """Run one scenario and write the histories of the run and of its first task."""
    text, steer = SCENARIOS[name]
    gate = folder / "gate"
    project = plan_project(folder, text.replace("{gate}", str(gate)))
    run_id = f"recorded-{name}"
    await client.start_workflow("ExecutePlan", project.request, id=run_id, task_queue=CONTROL_QUEUE)
    handle = client.get_workflow_handle_for(ExecutePlan.run, run_id)
    await steer(Scene(handle, gate, client, server, folder))
    try:
        await handle.result()
    except WorkflowFailureError as error:
        sys.stderr.write(f"{name}: ended with {type(error.cause).__name__}\n")
    for workflow_id, kind in ((run_id, "plan"), (f"{run_id}/A/1", "task")):
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        text = re.sub(r'"identity": "[^"]*"', '"identity": "recorded"', history.to_json())
        text = text.replace(f"{CHECKOUT}/", "")  # stack traces: a history is of no machine
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
        for name in sys.argv[1:] or SCENARIOS:
            await record(server, name, folder / name)
    finally:
        stop_dev_server(server)


async def _worker_process(scene: Scene) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "TEMPORAL_ADDRESS": scene.server.address,
        "TASKS_STATE_DIR": str(scene.folder / "state"),
    }
    command = (sys.executable, "-m", "tasks_cli", "worker")
    return await asyncio.create_subprocess_exec(*command, env=environment, cwd=scene.folder)


async def _tasks(handle: Handle) -> tuple[TaskStatus, ...]:
    return (await handle.query(ExecutePlan.status)).tasks


async def _until(handle: Handle, state: str, reason: str = "") -> None:
    while True:
        if any(found.state == state and reason in (found.reason or "") for found in await _tasks(handle)):
            return
        await asyncio.sleep(LOOK_SECONDS)


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
