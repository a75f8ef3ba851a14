import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from activities.evidence_store import Evidence
from activities.executors.command import CommandExecutor
from activities.executors.executor import ExecutorOutcome, ExecutorRequest
from activities.executors.manual import ManualExecutor
from activities.executors.noop import NoopExecutor
from activities.executors.registry import executor_for
from activities.script_runner import Workbench
from planner.machine.processes import ProgressLine
from planner.machine.work_folder import WorkFolder
from schemas.errors import InvalidArguments
from schemas.execution import Feedback
from schemas.task_execution import TaskExecution
from schemas.tasks import Task

FEEDBACK = Feedback(phase="post_test", rule="verify", message="pytest: 1 failed", command="pytest")


def execution(**fields: object) -> TaskExecution:
    return TaskExecution.model_validate(fields)


def request_in(folder: Path, **fields: object) -> ExecutorRequest:
    work = WorkFolder(folder / "worktrees" / "T1")
    work.path.mkdir(parents=True)
    task = {
        "id": "T1",
        "feature_id": "F001",
        "title": "Do it",
        "description": "",
        "category": "implementation",
        "contentHash": "0" * 64,
        "execution": {"executor": "command", **fields} if fields else None,
    }
    return ExecutorRequest(
        run_id="run-1",
        task=Task.model_validate(task),
        attempt=2,
        bench=Workbench(work, Evidence(folder / "evidence", "develop"), dict(os.environ), 60.0),
        feedback=(FEEDBACK,),
    )


def develop(script: str | tuple[str, ...], request: ExecutorRequest) -> ExecutorOutcome:
    return asyncio.run(CommandExecutor(script).develop(request))


def test_a_script_works_in_the_worktree_and_knows_its_task_and_what_went_wrong_before(tmp_path: Path) -> None:
    request = request_in(tmp_path)
    script = 'cp "$TASKS_FEEDBACK" seen.json; echo "$TASKS_RUN_ID $TASKS_TASK_ID $TASKS_ATTEMPT" > who'

    outcome = develop(script, request)

    top = request.bench.work.path
    assert (outcome.ended, outcome.exit_code, outcome.feedback) == (True, 0, ())
    assert (top / "who").read_text() == "run-1 T1 2\n"
    assert [Feedback.model_validate(item) for item in json.loads((top / "seen.json").read_text())] == [
        FEEDBACK
    ]


def test_the_first_attempt_gets_an_empty_list(tmp_path: Path) -> None:
    request = replace(request_in(tmp_path), feedback=(), attempt=1)

    develop('cp "$TASKS_FEEDBACK" seen.json', request)

    assert json.loads((request.bench.work.path / "seen.json").read_text()) == []


def test_a_program_gets_its_arguments_as_they_are(tmp_path: Path) -> None:
    request = request_in(tmp_path)

    outcome = develop(("touch", "a b", "$HOME"), request)

    assert outcome.ended
    assert sorted(file.name for file in request.bench.work.path.iterdir()) == ["$HOME", "a b"]


def test_a_command_that_fails_is_red_with_feedback_that_names_it(tmp_path: Path) -> None:
    outcome = develop("echo cannot find the ledger >&2; exit 4", request_in(tmp_path))

    (feedback,) = outcome.feedback
    assert (outcome.ended, outcome.exit_code) == (False, 4)
    assert (feedback.phase, feedback.rule, feedback.excerpt) == (
        "develop",
        "executor-command",
        "cannot find the ledger",
    )
    assert "exit code 4" in feedback.message


def test_a_program_that_does_not_exist_is_red_and_said_so(tmp_path: Path) -> None:
    outcome = develop(("no-such-program",), request_in(tmp_path))

    assert not outcome.ended
    assert "no such program" in outcome.feedback[0].message


def test_the_tasks_own_time_limit_ends_the_command(tmp_path: Path) -> None:
    outcome = develop("sleep 60", request_in(tmp_path, script="x", timeout_minutes=0.005))

    assert not outcome.ended
    assert "0.3 s" in outcome.feedback[0].message


def test_progress_lines_arrive_while_it_runs(tmp_path: Path) -> None:
    request = request_in(tmp_path)
    heard: list[ProgressLine] = []
    request = replace(request, bench=replace(request.bench, on_progress=heard.append))

    develop("echo TASKS_PROGRESS 50 half; echo TASKS_PROGRESS 75", request)

    assert [(line.percent, line.name) for line in heard] == [(50, "half"), (75, "")]


def test_processes_left_running_are_ended_and_mentioned(tmp_path: Path) -> None:
    outcome = develop("sleep 60 & echo started", request_in(tmp_path))

    assert outcome.ended
    assert "1 processes it left running were ended" in outcome.summary


def test_cancelling_the_attempt_ends_the_command(tmp_path: Path) -> None:
    request = request_in(tmp_path)
    begun = asyncio.Event()
    request = replace(
        request, bench=replace(request.bench, on_progress=lambda _: begun.set(), grace_seconds=1.0)
    )

    async def cancel_while_it_runs() -> None:
        script = "echo TASKS_PROGRESS 1; sleep 60; touch reached"
        running = asyncio.create_task(CommandExecutor(script).develop(request))
        await asyncio.wait_for(begun.wait(), 20)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancel_while_it_runs())

    assert list(request.bench.work.processes.iterdir()) == []
    assert list(request.bench.work.path.iterdir()) == []


def test_noop_ends_well_and_changes_nothing(tmp_path: Path) -> None:
    request = request_in(tmp_path)

    outcome = asyncio.run(NoopExecutor().develop(request))

    assert outcome.ended
    assert list(request.bench.work.path.iterdir()) == []


def test_the_plan_says_who_does_a_task_and_a_run_may_override_it() -> None:
    script = execution(executor="command", script="true")

    assert executor_for(script) == CommandExecutor("true")
    assert executor_for(execution(executor="command", argv=("make", "all"))) == CommandExecutor(
        ("make", "all")
    )
    assert executor_for(execution(executor="noop")) == NoopExecutor()
    assert executor_for(script, "noop") == executor_for(None, "noop") == NoopExecutor()
    assert executor_for(execution(executor="manual")) == executor_for(None, "manual") == ManualExecutor()
    assert executor_for(script, "manual") == executor_for(script)


@pytest.mark.parametrize("name", ["agent", "codemod"])
def test_an_executor_that_is_not_there_is_named_with_those_that_are(name: str) -> None:
    with pytest.raises(InvalidArguments, match=name) as caught:
        executor_for(execution(executor=name))

    assert "command, patch, manual, noop" in caught.value.hint


@pytest.mark.parametrize("fields", [{}, {"script": "a", "argv": ("b",)}, {"argv": ()}, {"script": ""}])
def test_a_command_needs_exactly_one_thing_to_run(fields: Mapping[str, object]) -> None:
    with pytest.raises(InvalidArguments, match="either a script or argv"):
        executor_for(execution(executor="command", **fields))


def test_a_task_that_names_no_executor_says_so() -> None:
    with pytest.raises(InvalidArguments, match="who does it"):
        executor_for(None)
