"""From the moments of a run to hours since its first task began."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from planner.documents.report.run_record import ActualSpan
from planner.documents.report.run_timeline import TaskExecution, run_record
from schemas.execution import Progress, RunState, RunStatus, TaskStatus

BEGAN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
COMMIT = "ab" * 20


def after(hours: float) -> datetime:
    return BEGAN + timedelta(hours=hours)


def status(state: RunState, *tasks: TaskStatus) -> RunStatus:
    progress = Progress(completed=0, total=len(tasks))
    started = after(5).isoformat()
    return RunStatus(
        run_id="r", state=state, branch="b", progress=progress, tasks=tasks, plan_id="p", started=started
    )


LANDED = TaskStatus(id="A", title="a", state="completed", attempt=2, landed_commit=COMMIT)
WAITS = TaskStatus(id="B", title="b", state="blocked", reason="waits for A")


def test_a_resumed_run_begins_with_its_first_task_and_shows_all_executions_in_order() -> None:
    executions = (
        TaskExecution("A", after(5), after(6), "completed"),
        TaskExecution("A", BEGAN, after(1), "failed"),
    )
    run = run_record(status("succeeded", LANDED, WAITS), executions, {COMMIT: after(5.5)}, None)
    first = run.tasks["A"]
    assert first.spans == (ActualSpan(0, 1, "failed"), ActualSpan(5, 6, "completed"))
    assert (first.landed, first.attempts, first.commit) == (5.5, 2, COMMIT)
    assert first.hours(run.hours) == 2
    assert run.tasks["B"].spans == ()
    assert run.tasks["B"].reason == "waits for A"
    assert (run.hours, run.is_open, run.began) == (6, False, "2026-01-02 03:04 UTC")


def test_what_goes_on_has_no_end_and_lasts_until_now() -> None:
    run = run_record(status("running", LANDED), (TaskExecution("A", BEGAN, None, "running"),), {}, after(0.5))
    assert (run.hours, run.is_open) == (0.5, True)
    assert run.tasks["A"].spans == (ActualSpan(0, None, "running"),)
    assert run.tasks["A"].hours(run.hours) == 0.5


def test_a_server_whose_clock_is_ahead_makes_no_task_end_before_its_begin() -> None:
    execution = TaskExecution("A", after(1), None, "running")
    first = TaskExecution("B", BEGAN, after(0.5), "completed")
    run = run_record(status("running", LANDED, WAITS), (execution, first), {}, after(0.9))
    assert run.hours == 1
    assert run.tasks["A"].hours(run.hours) == 0


def test_a_run_of_which_only_git_knows_something_shows_its_landings() -> None:
    run = run_record(status("succeeded", LANDED), (), {COMMIT: after(7)}, None)
    assert (run.tasks["A"].landed, run.hours) == (0, 0)


def test_a_run_whose_tasks_have_not_begun_begins_when_it_was_started() -> None:
    run = run_record(status("running", WAITS), (), {}, after(6))
    assert (run.hours, run.began) == (1, "2026-01-02 08:04 UTC")
    loading = RunStatus(run_id="r", state="running", branch=None, progress=Progress(completed=0, total=0))
    assert run_record(loading, (), {}, after(6)).hours == 0
