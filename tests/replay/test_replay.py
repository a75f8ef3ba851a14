"""Recorded histories replay; a changed order of commands does not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner

from tests.replay.record_histories import SCENARIOS
from tests.workflow_sandbox import PASSED_THROUGH, sandboxed
from workers.control_worker import WORKFLOWS

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def replayer(runner: WorkflowRunner) -> Replayer:
    """Return what replays histories against today's workflows."""
    return Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter, workflow_runner=runner)


def replay(file: Path, runner: WorkflowRunner) -> None:
    """Replay one history; raises when the workflow would not give the recorded commands."""
    recorded = json.loads(file.read_text(encoding="utf-8"))
    history = WorkflowHistory.from_json(recorded["workflow_id"], recorded["history"])
    asyncio.run(replayer(runner).replay_workflow(history))


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
def test_a_recorded_history_replays(file: Path) -> None:
    replay(file, sandboxed())
    replay(file, UnsandboxedWorkflowRunner())


def test_the_sandbox_of_the_tests_holds_the_workflows_themselves() -> None:
    assert not [name for name in PASSED_THROUGH if name.startswith("workflows")]


def test_every_kind_of_run_was_recorded_with_its_task() -> None:
    kinds = {f"{name}-{part}" for name in SCENARIOS for part in ("plan", "task")}
    assert {file.stem for file in HISTORIES} >= kinds


def test_a_changed_order_of_commands_does_not_replay(
    tmp_path: Path,
) -> None:
    file = next(file for file in HISTORIES if file.stem == "success-task")
    recorded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    events = recorded["history"]["events"]
    scheduled = [event for event in events if "activityTaskScheduledEventAttributes" in event]
    first, second = (event["activityTaskScheduledEventAttributes"]["activityType"] for event in scheduled[:2])
    first["name"], second["name"] = second["name"], first["name"]
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(recorded), encoding="utf-8")
    with pytest.raises(Exception, match=r"(?i)nondeterminism"):
        replay(changed, UnsandboxedWorkflowRunner())


def test_no_history_tells_of_the_machine_that_it_was_recorded_on() -> None:
    found = [file.name for file in HISTORIES if 'File \\"/' in file.read_text("utf-8")]
    assert found == []
