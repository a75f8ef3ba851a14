"""A task that ended without saying so is reported in words, with its phase and with what to do."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, ChildWorkflowError

from schemas.execution import Feedback, TaskResult
from workflows.task_ending import ending_of


def child_failed(cause: BaseException) -> ChildWorkflowError:
    error = ChildWorkflowError(
        "Child Workflow execution failed",
        namespace="default",
        workflow_id="run/A/1",
        run_id="x",
        workflow_type="ExecuteTask",
        initiated_event_id=1,
        started_event_id=2,
        retry_state=None,
    )
    error.__cause__ = cause
    return error


def activity_failed(phase: str, cause: BaseException) -> ActivityError:
    error = ActivityError(
        "Activity task failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="worker",
        activity_type=phase,
        activity_id="1",
        retry_state=None,
    )
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("hint", "said"),
    [("git branch -f feature/x abc", "it was moved; git branch -f feature/x abc"), ("", "it was moved")],
)
def test_an_error_of_ours_is_told_in_its_words_with_its_hint_and_its_phase(hint: str, said: str) -> None:
    ours = ApplicationError("it was moved", hint, type="RepositoryUnusable")
    ours.__cause__ = ApplicationError("it was moved", type="RepositoryUnusable")  # as an activity raises it
    result = ending_of("A", child_failed(activity_failed("land", ours)))
    (feedback,) = result.feedback
    assert (result.outcome, feedback.phase, feedback.rule) == ("failed", "land", "infrastructure")
    assert feedback.message == said


def test_any_other_error_is_told_as_it_is() -> None:
    foreign = ApplicationError("[Errno 20] Not a directory", type="NotADirectoryError")
    (feedback,) = ending_of("A", child_failed(activity_failed("release", foreign))).feedback
    assert feedback.phase == "pre_test"
    assert feedback.message.startswith("the task's workflow ended without a result: ")
    assert "NotADirectoryError: [Errno 20]" in feedback.message


def test_a_task_that_said_how_it_failed_is_believed_and_a_cancelled_one_is_cancelled() -> None:
    told = TaskResult(
        task_id="A",
        outcome="failed",
        attempts=3,
        feedback=(Feedback(phase="develop", rule="x", message="y"),),
    )
    cause = ApplicationError("failed", told.model_dump(mode="json"), type="TaskFailed")
    assert ending_of("A", child_failed(cause)) == told
    assert ending_of("A", child_failed(CancelledError("cancelled"))).outcome == "cancelled"
