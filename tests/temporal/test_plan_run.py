"""Whole runs on a real server and real git, with our workers in this process."""

import asyncio
import uuid
from pathlib import Path

import pytest
from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from schemas.execution import (
    CONTROL_QUEUE,
    ExecutePlanInput,
    LimitsChange,
    PauseRequest,
    RunLimits,
    RunResult,
    RunStatus,
    TaskChoice,
    TaskResult,
)
from tests.small_project import git, plan_project, runbook, task
from tests.temporal.service import running_service
from workers.dev_server import DevServer
from workflows.execute_plan import ExecutePlan
from workflows.execute_task import ExecuteTask

MOST_EVENTS = 60


async def start(
    client: Client, request: object, run_id: str | None = None
) -> WorkflowHandle[ExecutePlan, RunResult]:
    name = run_id or f"run-{uuid.uuid4().hex[:8]}"
    await client.start_workflow("ExecutePlan", request, id=name, task_queue=CONTROL_QUEUE)
    return client.get_workflow_handle_for(ExecutePlan.run, name)


DIAMOND = runbook(
    task("Write a", "echo a > a.txt", "grep -q a a.txt", id="A"),
    task("Write b", "cat a.txt > b.txt", "grep -q a b.txt", id="B", after="[A]"),
    task("Write c", "cat a.txt > c.txt", "grep -q a c.txt", id="C", after="[A]"),
    task("Write d", "cat b.txt c.txt > d.txt", "test -s d.txt", id="D", after="[B, C]"),
)


def test_a_diamond_of_tasks_lands_on_a_feature_branch(temporal_server: DevServer, tmp_path: Path) -> None:
    project = plan_project(tmp_path, DIAMOND)

    async def scenario() -> tuple[RunResult, int, str, str]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            result = await handle.result()
            children = [
                (await client.get_workflow_handle(f"{handle.id}/{name}/1").describe()).history_length
                for name in "ABCD"
            ]
            metadata = await handle.query("__temporal_workflow_metadata")
            description = await client.get_workflow_handle(f"{handle.id}/A/1").describe()
            return result, max(children), str(metadata), str(description.typed_search_attributes)

    result, events, metadata, attributes = asyncio.run(scenario())
    assert (result.state, result.completed, result.total) == ("succeeded", 4, 4)
    assert events <= MOST_EVENTS
    assert "4 of 4 tasks landed" in metadata
    assert "TasksTaskId" in attributes
    subjects = project.landed()
    assert subjects[0].startswith("Land A")
    assert subjects[-1].startswith("Land D")
    assert len(subjects) == 4
    assert git(project.repository, "show", "feature/change-the-app:d.txt") == "a\na"
    trailers = git(project.repository, "log", "-1", "--format=%(trailers)", "feature/change-the-app")
    assert f"Tasks-Run: {result.run_id}" in trailers
    assert git(project.repository, "status", "--porcelain") == ""
    assert git(project.repository, "worktree", "list").count("\n") == 0


def test_a_failed_attempt_is_told_to_the_next_one(temporal_server: DevServer, tmp_path: Path) -> None:
    script = 'if grep -q "a.txt is empty" "$TASKS_FEEDBACK"; then echo a > a.txt; else touch a.txt; fi'
    check = 'test -s a.txt || { echo "a.txt is empty"; exit 1; }'
    project = plan_project(tmp_path, runbook(task("Write a", script, check, id="A", scope="[a.txt]")))

    async def scenario() -> RunResult:
        async with running_service(temporal_server, tmp_path / "state") as client:
            return await (await start(client, project.request)).result()

    result = asyncio.run(scenario())
    assert result.state == "succeeded"
    assert result.tasks[0].attempts == 2
    assert git(project.repository, "show", "feature/change-the-app:a.txt") == "a"


def test_a_task_that_fails_for_good_blocks_only_what_depends_on_it(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    text = runbook(
        task("Write a", "echo a > a.txt", "false", id="A"),
        task("Write b", "echo b > b.txt", "true", id="B", after="[A]"),
        task("Write c", "echo c > c.txt", "true", id="C"),
    )
    project = plan_project(tmp_path, text)

    async def scenario() -> tuple[ApplicationError, RunStatus]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            with pytest.raises(WorkflowFailureError) as failure:
                await handle.result()
            assert isinstance(failure.value.cause, ApplicationError)
            return failure.value.cause, await handle.query(ExecutePlan.status)

    error, status = asyncio.run(scenario())
    assert error.type == "ExecutionFailed"
    states = {found.id: found.state for found in status.tasks}
    assert states == {"A": "failed", "B": "blocked", "C": "completed"}
    assert status.state == "failed"
    assert [subject.split(":")[0] for subject in project.landed()] == ["Land C"]
    blocked = next(found for found in status.tasks if found.id == "B")
    assert "A" in (blocked.reason or "")


@pytest.mark.parametrize("payload", ["not an object", {"repository": "/nowhere"}, {"nonsense": 1}])
def test_an_input_that_cannot_be_read_fails_the_run_at_once(
    temporal_server: DevServer, tmp_path: Path, payload: object
) -> None:
    async def scenario() -> ApplicationError:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, payload)
            with pytest.raises(WorkflowFailureError) as failure:
                await asyncio.wait_for(handle.result(), 20)
            assert isinstance(failure.value.cause, ApplicationError)
            return failure.value.cause

    assert asyncio.run(scenario()).type == "InvalidArguments"


def test_a_paused_run_starts_nothing_until_it_is_continued(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    wait = f"while [ ! -e {gate} ]; do sleep 0.05; done"
    text = runbook(
        task("Write a", f"{wait}\necho a > a.txt", "test -s a.txt", id="A"),
        task("Write b", "echo b > b.txt", "test -s b.txt", id="B", after="[A]"),
    )
    project = plan_project(tmp_path, text)

    async def scenario() -> tuple[list[str], RunResult]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            await until_state(handle, "A", "running")
            first = await handle.execute_update(ExecutePlan.pause, PauseRequest(reason="lunch"))
            second = await handle.execute_update(ExecutePlan.pause, PauseRequest())
            gate.touch()
            await until_state(handle, "A", "completed")
            status = await handle.query(ExecutePlan.status)
            held = next(found for found in status.tasks if found.id == "B")
            on = await handle.execute_update(ExecutePlan.continue_run)
            result = await handle.result()
            words = [first.message, second.message, status.state, held.state, held.reason or "", on.message]
            return words, result

    words, result = asyncio.run(scenario())
    assert "lunch" in words[0]
    assert "already" in words[1]
    assert words[2] == "paused"
    assert words[3] != "running"
    assert "lunch" in words[4]
    assert result.state == "succeeded"


def test_a_cancelled_run_leaves_no_process_worktree_or_lock(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    text = runbook(task("Wait", f"echo $$ > {pid_file}; exec sleep 600", "true", id="A"))
    project = plan_project(tmp_path, text)

    async def scenario() -> str:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            await until(lambda: pid_file.exists() and bool(pid_file.read_text().strip()))
            await handle.cancel()
            with pytest.raises(WorkflowFailureError):
                await asyncio.wait_for(handle.result(), 30)
            child = await client.get_workflow_handle(f"{handle.id}/A/1").describe()
            description = await handle.describe()
            assert description.status is not None
            assert child.status is not None
            return f"{description.status.name} {child.status.name}"

    assert asyncio.run(scenario()) == "CANCELED CANCELED"
    assert not Path(f"/proc/{pid_file.read_text().strip()}").exists()
    assert git(project.repository, "worktree", "list").count("\n") == 0
    assert not list((tmp_path / "worktrees").rglob("*")) or not any(
        path.is_file() for path in (tmp_path / "worktrees").rglob("*")
    )


def test_a_blind_check_pauses_the_run_before_anything_starts(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    text = runbook(
        task("Write a", "echo a > a.txt", "test -s a.txt", id="A"), verify="```sh verify\ntrue\n```\n"
    )
    project = plan_project(tmp_path, text)

    async def scenario() -> tuple[RunStatus, RunResult]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            await until_run(handle, "paused")
            status = await handle.query(ExecutePlan.status)
            await handle.execute_update(ExecutePlan.continue_run)
            return status, await handle.result()

    status, result = asyncio.run(scenario())
    assert "`true`" in (status.reason or "")
    assert status.progress.completed == 0
    assert result.state == "succeeded"


def test_a_second_execution_does_only_what_has_not_landed(temporal_server: DevServer, tmp_path: Path) -> None:
    log = tmp_path / "log"
    flag = tmp_path / "mended"
    text = runbook(
        task("Write a", f"echo A >> {log}; echo a > a.txt", "test -s a.txt", id="A"),
        task("Write b", f"echo B >> {log}; echo b > b.txt", f"test -e {flag}", id="B", max_retries=0),
    )
    project = plan_project(tmp_path, text)

    async def scenario() -> RunResult:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request, "run-twice")
            with pytest.raises(WorkflowFailureError):
                await handle.result()
            flag.touch()
            return await (await start(client, project.request, "run-twice")).result()

    result = asyncio.run(scenario())
    assert result.state == "succeeded"
    assert sorted(log.read_text().split()) == ["A", "B", "B"]
    assert len(project.landed()) == 2


async def until(true: object, seconds: float = 30) -> None:
    """Wait until a condition of the world outside holds: there is nothing to wait on but looking."""
    assert callable(true)
    deadline = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


async def until_state(handle: WorkflowHandle[ExecutePlan, RunResult], name: str, state: str) -> None:
    for _ in range(300):
        status = await handle.query(ExecutePlan.status)
        if any(found.id == name and found.state == state for found in status.tasks):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{name} was never {state}")


async def until_run(handle: WorkflowHandle[ExecutePlan, RunResult], state: str) -> None:
    for _ in range(300):
        if (await handle.query(ExecutePlan.status)).state == state:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"the run was never {state}")


def test_the_input_of_a_run_must_hold_exactly_one_plan() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        ExecutePlanInput(repository="/r")


def test_a_failed_task_is_retried_while_the_run_goes_on_and_a_skipped_one_is_passed(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    gate, mended = tmp_path / "gate", tmp_path / "mended"
    wait = f"while [ ! -e {gate} ]; do sleep 0.05; done"
    text = runbook(
        task("Wait", f"{wait}\necho w > w.txt", "test -s w.txt", id="W"),
        task("Write a", "echo a > a.txt", f"test -e {mended}", id="A", max_retries=0),
        task("Write b", "echo b > b.txt", "false", id="B", max_retries=0),
        task("Write c", "echo c > c.txt", "test -s c.txt", id="C", after="[B]"),
    )
    project = plan_project(tmp_path, text)

    async def scenario() -> tuple[list[str], RunResult]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            await until_state(handle, "A", "failed")
            await until_state(handle, "B", "failed")
            refused = await refusal(handle, "retry", "W")
            unknown = await refusal(handle, "skip", "Z")
            mended.touch()
            await handle.execute_update(ExecutePlan.retry, TaskChoice(task_id="A"))
            await handle.execute_update(ExecutePlan.skip, TaskChoice(task_id="B"))
            again = await refusal(handle, "skip", "B")
            await until_state(handle, "A", "completed")
            gate.touch()
            return [refused, unknown, again], await handle.result()

    words, result = asyncio.run(scenario())
    assert "only a failed task" in words[0]
    assert "no task 'Z'" in words[1]
    assert "skipped already" in words[2]
    assert sorted(subject.split(":")[0] for subject in project.landed()) == ["Land A", "Land C", "Land W"]
    assert result.state == "succeeded"


def test_limits_change_while_a_run_goes_on_and_a_task_can_be_cancelled_alone(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    wait = f"while [ ! -e {gate} ]; do sleep 0.05; done"
    sections = [
        task(f"Write {name}", f"{wait}\necho {name} > {name}.txt", "true", id=name) for name in ("A", "B")
    ]
    project = plan_project(tmp_path, runbook(*sections))
    request = project.request.model_copy(update={"limits": RunLimits(max_concurrent=1)})

    async def scenario() -> tuple[str, RunStatus]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, request)
            await until_state(handle, "A", "running")
            waiting = await handle.query(ExecutePlan.explain, "B")
            await handle.execute_update(ExecutePlan.set_limits, LimitsChange(max_concurrent=2))
            await until_state(handle, "B", "running")
            await handle.execute_update(ExecutePlan.cancel_task, TaskChoice(task_id="A"))
            await until_state(handle, "A", "failed")
            gate.touch()
            with pytest.raises(WorkflowFailureError):
                await handle.result()
            return waiting.reason, await handle.query(ExecutePlan.status)

    reason, status = asyncio.run(scenario())
    assert "1 of 1" in reason
    assert {found.id: found.state for found in status.tasks} == {"A": "failed", "B": "completed"}


def test_a_held_run_stops_its_tasks_at_the_end_of_their_phase(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    wait = f"while [ ! -e {gate} ]; do sleep 0.05; done"
    project = plan_project(tmp_path, runbook(task("Write a", f"{wait}\necho a > a.txt", "true", id="A")))

    async def scenario() -> tuple[str | None, str | None, RunResult]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            child = client.get_workflow_handle_for(ExecuteTask.run, f"{handle.id}/A/1")
            await until_phase(child, "develop")
            await handle.execute_update(ExecutePlan.pause, PauseRequest(hold=True))
            gate.touch()
            await until_phase(child, "review")
            held = await child.query(ExecuteTask.status)
            await handle.execute_update(ExecutePlan.continue_run)
            return held.phase, held.reason, await handle.result()

    phase, reason, result = asyncio.run(scenario())
    assert phase == "review"
    assert "held" in (reason or "")
    assert result.state == "succeeded"


async def refusal(handle: WorkflowHandle[ExecutePlan, RunResult], update: str, name: str) -> str:
    """Return the words with which an update was refused."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update(update, TaskChoice(task_id=name))
    return str(refused.value.cause)


async def until_phase(child: WorkflowHandle[ExecuteTask, TaskResult], phase: str) -> None:
    for _ in range(300):
        try:
            if (await child.query(ExecuteTask.status)).phase == phase:
                return
        except RPCError:
            pass  # the task's workflow has not begun yet
        await asyncio.sleep(0.1)
    pytest.fail(f"the task never came to {phase}")


PATCH = """```diff apply
--- a/app.py
+++ b/app.py
@@ -1,2 +1,2 @@
 def answer():
-    return 42
+    return 40 + 2
```
"""


def patched(title: str, name: str, patch: str = PATCH, after: str = "[]") -> str:
    """Return the section of a task that is a patch."""
    keys = f"id: {name}\nestimate: [0.01, 0.02, 0.03]\nafter: {after}\nmax_retries: 0\n"
    check = "```sh check\npython3 -m unittest -q test_app\n```\n"
    return f"## {title}\n\n```yaml task\n{keys}```\n\n{patch}\n{check}\n"


def test_a_patch_lands_and_one_that_is_applied_already_is_done(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    text = runbook(patched("Add it up", "A"), patched("Add it up again", "B", after="[A]"))
    project = plan_project(tmp_path, text)

    async def scenario() -> RunResult:
        async with running_service(temporal_server, tmp_path / "state") as client:
            return await (await start(client, project.request)).result()

    assert asyncio.run(scenario()).state == "succeeded"
    assert [subject.split(":")[0] for subject in project.landed()] == ["Land A", "Land B"]
    assert "40 + 2" in git(project.repository, "show", "feature/change-the-app:app.py")
    assert git(project.repository, "diff", "feature/change-the-app~1", "feature/change-the-app") == ""


def test_a_patch_that_does_not_fit_fails_with_what_git_said(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    foreign = PATCH.replace("return 42", "return 41")
    project = plan_project(tmp_path, runbook(patched("Add it up", "A", foreign)))

    async def scenario() -> RunStatus:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, project.request)
            with pytest.raises(WorkflowFailureError):
                await handle.result()
            return await handle.query(ExecutePlan.status)

    status = asyncio.run(scenario())
    assert "executor-patch" in (status.tasks[0].reason or "")
    assert project.landed() == []


def test_a_wave_does_not_begin_before_the_last_one_has_ended(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    wait = f"while [ ! -e {gate} ]; do sleep 0.05; done"
    text = runbook(
        task("Write a", "echo a > a.txt", "test -s a.txt", id="A"),
        task("Write b", f"{wait}\necho b > b.txt", "test -s b.txt", id="B"),
        task("Write c", "echo c > c.txt", "test -s c.txt", id="C", after="[A]"),
    )
    project = plan_project(tmp_path, text)
    request = project.request.model_copy(update={"execution_model": "wave_based"})

    async def scenario() -> tuple[str, RunResult]:
        async with running_service(temporal_server, tmp_path / "state") as client:
            handle = await start(client, request)
            await until_state(handle, "A", "completed")
            await until_state(handle, "B", "running")
            waiting = await handle.query(ExecutePlan.explain, "C")
            gate.touch()
            return waiting.reason, await handle.result()

    reason, result = asyncio.run(scenario())
    assert "wave 1" in reason
    assert "B" in reason
    assert result.state == "succeeded"
    assert project.landed()[-1] == "Land C: Write c"
