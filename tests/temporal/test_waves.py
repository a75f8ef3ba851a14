"""Runs in waves whose barriers ask for fewer than all tasks, or not for ever, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from schemas.execution import Explanation, RunResult
from schemas.settings import PlanSettings, Settings
from tests.replay.test_replay import replayer
from tests.small_project import PlannedProject, plan_project, runbook, task
from tests.temporal.service import running_service
from tests.temporal.test_plan_run import start, until_state
from tests.workflow_sandbox import sandboxed
from workers.dev_server import DevServer
from workflows.execute_plan import ExecutePlan

GATE = "gate"
QUICK_MINUTES = 0.05


def two_waves(folder: Path, plan: PlanSettings, *, optional: bool = False) -> PlannedProject:
    """Plan A and, until somebody opens the gate, B in the first wave, and C after A in the second."""
    wait = f"while [ ! -e {folder / GATE} ]; do sleep 0.05; done"
    keys = {"optional": "true"} if optional else {}
    text = runbook(
        task("Write a", "echo a > a.txt", "test -s a.txt", id="A", **keys),
        task("Write b", f"{wait}\necho b > b.txt", "test -s b.txt", id="B", **keys),
        task("Write c", "echo c > c.txt", "test -s c.txt", id="C", after="[A]"),
    )
    return plan_project(folder, text, settings=Settings(plan=plan))


def run_past_the_gate(
    server: DevServer, folder: Path, project: PlannedProject
) -> tuple[Explanation, RunResult, Sequence[HistoryEvent]]:
    """Run in waves until C is completed, then open the gate; return what B said, the result, the events."""
    request = project.request.model_copy(update={"execution_model": "wave_based"})
    gate = folder / GATE

    async def scenario() -> tuple[Explanation, RunResult, Sequence[HistoryEvent]]:
        async with running_service(server, folder / "state") as client:
            handle = await start(client, request)
            await until_state(handle, "C", "completed")
            still = await handle.query(ExecutePlan.explain, "B")
            gate.touch()
            result = await handle.result()
            history = await handle.fetch_history()
            await replayer(sandboxed()).replay_workflow(history)
            return still, result, history.events

    return asyncio.run(scenario())


def task_starts(events: Sequence[HistoryEvent]) -> list[timedelta]:
    """Return when the run asked for each of its tasks, in order of asking."""
    wanted = EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED
    return [timedelta(seconds=e.event_time.ToNanoseconds() / 1e9) for e in events if e.event_type == wanted]


def test_the_next_wave_begins_when_the_quorum_of_the_plan_has_ended(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    project = two_waves(tmp_path, PlanSettings(wave_quorum=0.5))
    still, result, events = run_past_the_gate(temporal_server, tmp_path, project)
    assert still.state == "running"
    assert result.state == "succeeded"
    assert project.landed()[-1] == "Land B: Write b"
    assert EventType.EVENT_TYPE_TIMER_STARTED not in {event.event_type for event in events}


def test_optional_tasks_hold_the_next_wave_back_no_longer_than_the_plan_says(
    temporal_server: DevServer, tmp_path: Path
) -> None:
    plan = PlanSettings(wave_quorum=1.0, wave_timeout_minutes=QUICK_MINUTES)
    project = two_waves(tmp_path, plan, optional=True)
    still, result, events = run_past_the_gate(temporal_server, tmp_path, project)
    assert still.state == "running"
    assert result.state == "succeeded"
    assert [subject.split(":")[0] for subject in project.landed()] == ["Land A", "Land C", "Land B"]
    begun = task_starts(events)
    # A machine so slow that A outlasts the time needs no timer: what counts is that C waited, from the begin
    # of the step that asked for A.
    assert begun[2] - begun[0] > timedelta(minutes=QUICK_MINUTES * 2 / 3)
