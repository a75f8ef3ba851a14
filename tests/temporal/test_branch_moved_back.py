"""A branch that was moved back while a run goes on: the task that notices says where, why and what to do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.client import WorkflowFailureError

from schemas.execution import RunResult
from tasks_cli.service_client import failed_result
from tests.small_project import git, plan_project, runbook, task
from tests.temporal.service import running_service
from tests.temporal.test_plan_run import start, until_state
from workers.dev_server import DevServer


def test_the_task_that_cannot_land_names_its_phase_and_the_command_that_puts_the_branch_back(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    wait = f"while [ ! -e {gate} ]; do sleep 0.05; done"
    text = runbook(
        task("Write a", "echo a > a.txt", "test -s a.txt", id="A"),
        task("Write b", f"{wait}\necho b > b.txt", "test -s b.txt", id="B"),
    )
    project = plan_project(tmp_path, text)
    branch = "feature/change-the-app"

    async def scenario() -> tuple[str, RunResult | None]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            await until_state(handle, "A", "completed")
            await until_state(handle, "B", "running")
            landed = git(project.repository, "rev-parse", branch)
            git(project.repository, "branch", "-f", branch, "HEAD")
            gate.touch()
            with pytest.raises(WorkflowFailureError) as failure:
                await handle.result()
            return landed, failed_result(failure.value)

    landed, result = asyncio.run(scenario())
    assert result is not None
    (feedback,) = next(found for found in result.tasks if found.task_id == "B").feedback
    assert (feedback.phase, feedback.rule) == ("land", "infrastructure")
    assert feedback.message.startswith(f"{branch} was moved back or rewritten")
    assert f"git branch -f {branch} {landed[:12]}" in feedback.message
