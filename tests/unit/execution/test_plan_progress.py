"""A run as its workflow knows it, without Temporal: events in, starts and answers out."""

import pytest

from schemas.activity_io import LandedTask, LoadPlanResult
from schemas.execution import (
    ExecutePlanInput,
    Feedback,
    PlanOutline,
    RunLimits,
    StoredPlan,
    TaskOutline,
    TaskResult,
)
from workflows.plan_answers import explain_task, run_status
from workflows.plan_board import plan_board
from workflows.plan_progress import PlanProgress

COMMIT = "c" * 40
STORED = StoredPlan(plan_id="PLAN-00000000", commit=COMMIT, contentHash="0" * 64)
REQUEST = ExecutePlanInput(repository="/project", plan=STORED)
TASKS = (
    TaskOutline(id="A", title="First", hours=1),
    TaskOutline(id="B", title="Second", hours=1, after=("A",)),
    TaskOutline(id="C", title="Alone", hours=0.5),
)


def begin(*landed: str, request: ExecutePlanInput = REQUEST) -> PlanProgress:
    outline = PlanOutline(
        plan_id="PLAN-00000000", title="Change it", model="rolling_frontier", max_concurrent=10, tasks=TASKS
    )
    loaded = LoadPlanResult(
        outline=outline,
        plan=STORED,
        branch="feature/change-it",
        base_commit=COMMIT,
        landed=tuple(LandedTask(task_id=name, commit=COMMIT, attempt=1) for name in landed),
    )
    return PlanProgress.begin("run-1", request, loaded)


def names(progress: PlanProgress) -> set[str]:
    return {TASKS[number].id for number in progress.decide().starts}


def completed(name: str) -> TaskResult:
    return TaskResult(task_id=name, outcome="completed", attempts=1, landed_commit=COMMIT)


def failed(name: str) -> TaskResult:
    feedback = Feedback(phase="post_test", rule="command", message="still red")
    return TaskResult(task_id=name, outcome="failed", attempts=3, feedback=(feedback,))


def test_what_depends_on_nothing_starts_first_and_the_rest_follows_its_landing() -> None:
    progress = begin()
    assert names(progress) == {"A", "C"}
    assert names(progress) == set()
    progress.task_ended(completed("A"))
    assert names(progress) == {"B"}


def test_landed_tasks_are_not_started_again() -> None:
    progress = begin("A", "C")
    assert names(progress) == {"B"}
    assert run_status(progress).progress.completed == 2


def test_a_run_whose_tasks_have_all_landed_is_over_at_once() -> None:
    decisions = begin("A", "B", "C").decide()
    assert (decisions.finished, decisions.outcome) == (True, "succeeded")


def test_a_failed_task_blocks_its_dependants_and_says_why() -> None:
    progress = begin()
    progress.decide()
    progress.task_ended(failed("A"))
    progress.task_ended(completed("C"))
    decisions = progress.decide()
    assert (decisions.finished, decisions.outcome) == (True, "failed")
    blocked = explain_task(progress, "B")
    assert blocked.state == "blocked"
    assert "A" in blocked.reason
    assert explain_task(progress, "A").reason == "post_test · command: still red"


def test_a_paused_run_starts_nothing_and_says_so() -> None:
    progress = begin()
    assert progress.pause("lunch").changed
    assert not progress.pause("again").changed
    assert names(progress) == set()
    assert run_status(progress).state == "paused"
    assert "lunch" in explain_task(progress, "A").reason
    assert progress.go_on().changed
    assert not progress.go_on().changed
    assert names(progress) == {"A", "C"}


def test_a_cancelled_run_ends_when_what_runs_has_ended() -> None:
    progress = begin()
    progress.decide()
    progress.cancel()
    assert not progress.decide().finished
    for name in ("A", "C"):
        progress.task_ended(TaskResult(task_id=name, outcome="cancelled", attempts=0))
    decisions = progress.decide()
    assert (decisions.finished, decisions.outcome) == (True, "cancelled")


def test_the_limit_of_the_request_counts_and_not_the_plans() -> None:
    request = REQUEST.model_copy(update={"limits": RunLimits(max_concurrent=1)})
    assert len(names(begin(request=request))) == 1


def test_an_unknown_task_cannot_be_explained() -> None:
    with pytest.raises(ValueError, match="no task 'Z'"):
        explain_task(begin(), "Z")


def test_the_board_shows_progress_what_runs_what_waits_and_what_to_do() -> None:
    progress = begin()
    progress.decide()
    progress.task_ended(completed("C"))
    board = plan_board(run_status(progress))
    assert "1 of 3 tasks landed" in board
    assert "Running (1)" in board
    assert "`B` Second (" in board
    assert "tasks status run-1" in board


def test_each_start_of_a_task_has_a_workflow_id_of_its_own() -> None:
    progress = begin()
    assert [progress.next_workflow_id("A"), progress.next_workflow_id("A")] == ["run-1/A/1", "run-1/A/2"]


def test_a_run_that_has_succeeded_does_not_say_that_it_is_paused() -> None:
    progress = begin("A", "B", "C")
    progress.pause("paused by a person")
    assert run_status(progress).reason == "paused by a person"
    progress.outcome = progress.decide().outcome
    status = run_status(progress)
    assert (status.state, status.reason) == ("succeeded", None)
