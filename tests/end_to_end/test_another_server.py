"""A Temporal server of the user's own: we bring workers and nothing else, and leave it as it was."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from tests.end_to_end.user_machine import UserMachine
from tests.small_project import plan_project, runbook, task
from workers.dev_server import free_port


async def connected(address: str) -> Client:
    """Return a client as soon as the server answers."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await Client.connect(address)
            except RuntimeError:
                await asyncio.sleep(0.1)


@pytest.fixture
def address(temporal_binary: Path, tmp_path: Path) -> Iterator[str]:
    """A server as Temporal's command starts it: without our settings and search attributes."""
    port = free_port()
    options = ["--headless", "--port", str(port), "--db-filename", str(tmp_path / "theirs.db")]
    with (
        (tmp_path / "theirs.log").open("wb") as log,
        subprocess.Popen(
            [str(temporal_binary), "server", "start-dev", *options], stdout=log, stderr=log
        ) as server,
    ):
        asyncio.run(connected(f"127.0.0.1:{port}"))
        yield f"127.0.0.1:{port}"
        assert server.poll() is None, "it is not ours to stop"
        server.terminate()


def test_a_run_on_a_server_of_the_users_own_leaves_the_server_running(
    own_machine: UserMachine, address: str, tmp_path: Path
) -> None:
    machine = replace(own_machine, environment={**own_machine.environment, "TEMPORAL_ADDRESS": address})
    assert machine.json("up") == {"address": address, "ui_url": None, "namespace": "default"}
    assert address in machine.tasks("up").stdout
    project = plan_project(
        tmp_path, runbook(task("Write a", "echo a > a.txt", "test -s a.txt", id="A"), verify="")
    )
    done = machine.tasks("execute", project.plan_folder, "--repo", project.repository, "--run-id", "theirs")
    assert done.returncode == 0, done.stderr
    assert project.landed() == ["Land A: Write a"]
    assert machine.json("status", "theirs")["state"] == "succeeded"
    assert machine.processes("worker")
    assert machine.processes("server") == []

    assert machine.tasks("down").returncode == 0
    assert machine.leftovers() == []

    async def state() -> WorkflowExecutionStatus | None:
        return (await (await connected(address)).get_workflow_handle("theirs").describe()).status

    assert asyncio.run(state()) == WorkflowExecutionStatus.COMPLETED
