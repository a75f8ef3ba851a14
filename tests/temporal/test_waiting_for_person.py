"""Tasks that wait for a person, on a real server and real git, with our workers in this process."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError

from schemas.execution import (
    CONTROL_QUEUE,
    ChangeReply,
    ExecutePlanInput,
    PauseRequest,
    PersonReply,
    RunLimits,
    RunResult,
    RunStatus,
    TaskChoice,
    TaskStatus,
)
from tests.small_project import VERIFY, git, plan_project, runbook, task
from tests.temporal.service import running_service
from workers.dev_server import DevServer
from workflows.execute_plan import ExecutePlan

LOOK_SECONDS = 0.05
MOST_EVENTS = 60


def by_hand(title: str, check: str, **keys: object) -> str:
    """Return the section of a task that a person does."""
    options = "".join(f"{key}: {value}\n" for key, value in {"executor": "manual", **keys}.items())
    return f"## {title}\n\n```yaml task\n{options}```\n\n```sh check\n{check}\n```\n\n"


@dataclass(frozen=True, slots=True)
class Run:
    """A run that goes on, and what a person does to it."""

    client: Client
    handle: WorkflowHandle[ExecutePlan, RunResult]

    async def until(self, holds: Callable[[RunStatus], bool]) -> RunStatus:
        """Wait until the run's status shows something: only a look tells."""
        async with asyncio.timeout(60):
            while not holds(status := await self.handle.query(ExecutePlan.status)):  # noqa: ASYNC110 - see above
                await asyncio.sleep(LOOK_SECONDS)
            return status

    async def wait_for(self, task_id: str, state: str) -> TaskStatus:
        """Wait until a task is in a state."""
        status = await self.until(lambda status: (task_id, state) in {(t.id, t.state) for t in status.tasks})
        return next(found for found in status.tasks if found.id == task_id)

    async def worktree(self, task_id: str) -> Path:
        """Wait until a task waits for work, and return where that is to be done."""
        found = await self.wait_for(task_id, "paused")
        where = re.search(r"waits for your work in (\S+?);", found.reason or "")
        assert where, found.reason
        return Path(where[1])

    async def say(self, update: str, task_id: str, message: str = "") -> ChangeReply:
        """Answer a task."""
        status = await self.handle.query(ExecutePlan.status)
        found = next(found for found in status.tasks if found.id == task_id)
        assert found.workflow_id
        handle = self.client.get_workflow_handle(found.workflow_id)
        reply: ChangeReply = await handle.execute_update(
            update, PersonReply(message=message), result_type=ChangeReply
        )
        return reply


@asynccontextmanager
async def started(
    server: DevServer, folder: Path, request: ExecutePlanInput, run_id: str | None = None
) -> AsyncIterator[Run]:
    """Start a run and our workers."""
    async with running_service(server, folder / "state") as client:
        name = run_id or f"run-{uuid.uuid4().hex[:8]}"
        await client.start_workflow("ExecutePlan", request, id=name, task_queue=CONTROL_QUEUE)
        yield Run(client, client.get_workflow_handle_for(ExecutePlan.run, name))


def test_a_task_by_hand_waits_without_a_slot_and_lands_what_the_person_did(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    text = runbook(
        by_hand("Write a", "grep -q a a.txt", id="A", priority="critical"),
        task("Write b", "echo b > b.txt", "test -s b.txt", id="B"),
    )
    project = plan_project(tmp_path, text)
    told = tmp_path / "told"
    request = project.request.model_copy(
        update={
            "limits": RunLimits(max_concurrent=1),
            "notify": f'echo "$TASKS_TASK_ID $TASKS_WAITING_FOR $TASKS_MESSAGE" >> {told}',
        }
    )

    async def scenario() -> tuple[RunResult, int]:
        async with started(temporal_server, tmp_path, request) as run:
            worktree = await run.worktree("A")
            await run.wait_for("B", "completed")
            (worktree / "a.txt").write_text("a\n")
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await run.say("approve", "A")
            assert "waits for your work, not for your review" in str(refused.value.cause)
            assert (await run.say("done", "A", "typed it")).changed
            result = await run.handle.result()
            return result, (
                await run.client.get_workflow_handle(f"{run.handle.id}/A/1").describe()
            ).history_length

    result, events = asyncio.run(scenario())
    assert result.state == "succeeded"
    assert events <= MOST_EVENTS
    assert any(note == "A: done by hand: typed it" for note in result.notes)
    assert project.landed() == ["Land B: Write b", "Land A: Write a"]
    assert git(project.repository, "show", "feature/change-the-app:a.txt") == "a"
    line = told.read_text()
    assert line.startswith("A work waits for your work in ")
    assert f"tasks done {result.run_id} A" in line


def test_work_that_a_person_rejects_goes_back_with_his_reason(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    script = 'if grep -q "say b" "$TASKS_FEEDBACK"; then echo b > a.txt; else echo a > a.txt; fi'
    project = plan_project(
        tmp_path, runbook(task("Write a", script, "test -s a.txt", id="A", reviewer="human"))
    )

    async def scenario() -> RunResult:
        async with started(temporal_server, tmp_path, project.request) as run:
            found = await run.wait_for("A", "paused")
            assert "waits for your review" in (found.reason or "")
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await run.say("reject", "A")
            assert "say why" in str(refused.value.cause)
            await run.say("reject", "A", "say b instead")
            with pytest.raises(WorkflowUpdateFailedError):
                await run.say("approve", "A")
            await run.wait_for("A", "paused")
            await run.say("approve", "A", "fine")
            return await run.handle.result()

    result = asyncio.run(scenario())
    assert result.state == "succeeded"
    assert result.tasks[0].attempts == 2
    assert git(project.repository, "show", "feature/change-the-app:a.txt") == "b"


def test_done_without_a_change_costs_no_attempt_and_the_task_waits_on(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    project = plan_project(tmp_path, runbook(by_hand("Write a", "test -s a.txt", id="A", max_retries=0)))

    async def scenario() -> RunResult:
        async with started(temporal_server, tmp_path, project.request) as run:
            worktree = await run.worktree("A")
            await run.say("done", "A")
            await run.until(lambda status: "nothing was changed" in (status.tasks[0].reason or ""))
            assert await run.worktree("A") == worktree
            (worktree / "a.txt").write_text("a\n")
            await run.say("done", "A")
            return await run.handle.result()

    result = asyncio.run(scenario())
    assert result.state == "succeeded", result
    assert result.tasks[0].attempts == 1


def test_a_red_check_gives_the_person_his_work_back_also_what_was_out_of_scope(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    text = runbook(by_hand("Write a", "grep -q good a.txt", id="A", scope="[a.txt]"))
    project = plan_project(tmp_path, text)

    async def scenario() -> RunResult:
        async with started(temporal_server, tmp_path, project.request) as run:
            worktree = await run.worktree("A")
            (worktree / "a.txt").write_text("bad\n")
            (worktree / "app.py").write_text("# mine\n")
            await run.say("done", "A")
            await run.wait_for("A", "running")
            again = await run.worktree("A")
            assert (again / "a.txt").read_text() == "bad\n"
            assert (again / "app.py").read_text() == "# mine\n"
            git(again, "checkout", "app.py")
            (again / "a.txt").write_text("good\n")
            await run.say("done", "A")
            return await run.handle.result()

    result = asyncio.run(scenario())
    assert result.state == "succeeded", result
    assert git(project.repository, "show", "feature/change-the-app:a.txt") == "good"
    assert "answer" in git(project.repository, "show", "feature/change-the-app:app.py")


@pytest.mark.parametrize("ending", ["cancelled", "terminated"])
def test_what_was_done_by_hand_outlives_the_end_of_its_worktree(
    temporal_server: DevServer, tmp_path: Path, ending: str
) -> None:
    project = plan_project(tmp_path, runbook(by_hand("Write a", "test -s a.txt", id="A")))
    run_id = f"run-{uuid.uuid4().hex[:8]}"

    async def interrupted(run: Run) -> None:
        (await run.worktree("A") / "a.txt").write_text("half\n")
        if ending == "terminated":
            await run.handle.terminate()
            await run.client.start_workflow(
                "ExecutePlan", project.request, id=run_id, task_queue=CONTROL_QUEUE
            )
            return
        await run.handle.execute_update(ExecutePlan.pause, PauseRequest())
        await run.handle.execute_update(ExecutePlan.cancel_task, TaskChoice(task_id="A"))
        await run.wait_for("A", "failed")
        assert git(project.repository, "worktree", "list").count("\n") == 0
        await run.handle.execute_update(ExecutePlan.retry, TaskChoice(task_id="A"))
        await run.handle.execute_update(ExecutePlan.continue_run)

    async def scenario() -> RunResult:
        async with started(temporal_server, tmp_path, project.request, run_id) as run:
            await interrupted(run)
            latest = Run(run.client, run.client.get_workflow_handle_for(ExecutePlan.run, run_id))
            again = await latest.worktree("A")
            assert (again / "a.txt").read_text() == "half\n"
            await latest.say("done", "A")
            return await latest.handle.result()

    result = asyncio.run(scenario())
    assert result.state == "succeeded"
    assert git(project.repository, "show", "feature/change-the-app:a.txt") == "half"
    assert git(project.repository, "worktree", "list").count("\n") == 0


def test_a_feature_branch_that_is_checked_out_pauses_the_run_until_it_is_free(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    project = plan_project(
        tmp_path, runbook(task("Write a", "echo a > a.txt", "true", id="A", reviewer="human"))
    )
    mine = tmp_path / "mine"

    async def scenario() -> RunResult:
        async with started(temporal_server, tmp_path, project.request) as run:
            await run.wait_for("A", "paused")
            git(project.repository, "worktree", "add", "-q", str(mine), "feature/change-the-app")
            await run.say("approve", "A")
            status = await run.until(lambda status: status.state == "paused")
            assert str(mine) in (status.reason or "")
            git(mine, "switch", "-q", "--detach")
            await run.handle.execute_update(ExecutePlan.continue_run)
            return await run.handle.result()

    result = asyncio.run(scenario())
    assert result.state == "succeeded"
    assert result.tasks[0].attempts == 1
    assert project.landed() == ["Land A: Write a"]


def test_a_plan_without_executors_can_be_done_by_hand(temporal_server: DevServer, tmp_path: Path) -> None:
    text = f"# Small\n\n{VERIFY}\n- [ ] Write a.txt\n"
    project = plan_project(tmp_path, text)
    request = project.request.model_copy(update={"executor": "manual", "branch": "feature/small"})

    async def scenario() -> RunResult:
        async with started(temporal_server, tmp_path, request) as run:
            task_id = (await run.until(lambda status: bool(status.tasks))).tasks[0].id
            (await run.worktree(task_id) / "a.txt").write_text("a\n")
            await run.say("done", task_id)
            return await run.handle.result()

    assert asyncio.run(scenario()).state == "succeeded"
    assert git(project.repository, "show", "feature/small:a.txt") == "a"
