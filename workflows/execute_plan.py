"""ExecutePlan: one run of a plan. Decide, start children, wait, record (design 7.1)."""

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from schemas.execution import (
    ChangeReply,
    Explanation,
    LimitsChange,
    PauseRequest,
    RunResult,
    RunStatus,
    TaskChoice,
    TaskWaits,
)
from workflows import plan_run, plan_steering
from workflows.plan_answers import explain_task, loading_status
from workflows.plan_loop import run_to_end
from workflows.plan_run import PlanRun

A_PAUSE = PauseRequest()


@workflow.defn(name="ExecutePlan", failure_exception_types=[ValueError])
class ExecutePlan:
    """One run; its id is the workflow id. Here are its handlers; the loop is in `plan_loop`."""

    def __init__(self) -> None:
        self._run: PlanRun | None = None

    @workflow.run
    async def run(self, request: RawValue) -> RunResult:
        """Run the plan to its end.

        Raises:
            ApplicationError: `InvalidArguments` for an input that cannot be read; `ExecutionFailed` or
                `ExecutionFailedWithoutCheckpoint` with the `RunResult` as details.
        """
        self._run = await plan_run.load(plan_run.decode_request(request), workflow.now())
        return await run_to_end(self._run)

    @workflow.query
    def status(self) -> RunStatus:
        """Return the whole run; before the plan is loaded only that it is being loaded."""
        if self._run is None:
            return loading_status(workflow.info().workflow_id)
        return self._run.status(workflow.now())

    @workflow.query
    def explain(self, task_id: str) -> Explanation:
        """Return why a task is where it is."""
        return explain_task(self._loaded().progress, task_id)

    @workflow.signal
    def task_waits(self, news: TaskWaits) -> None:
        """Hear from a task why it waits for a person, or that it goes on."""
        if self._run is not None:
            plan_run.task_waits(self._run, news)

    @workflow.update
    def pause(self, request: PauseRequest = A_PAUSE) -> ChangeReply:
        """Start nothing more."""
        return self._changed(plan_run.pause(self._loaded(), request))

    @workflow.update
    def continue_run(self) -> ChangeReply:
        """Start tasks again."""
        return self._changed(plan_run.go_on(self._loaded()))

    @workflow.update
    def retry(self, choice: TaskChoice) -> ChangeReply:
        """Let a failed task begin again."""
        return self._changed(plan_steering.retry(self._loaded().progress, choice))

    @workflow.update
    def skip(self, choice: TaskChoice) -> ChangeReply:
        """Leave a task undone; what depends on it goes on."""
        return self._changed(plan_steering.skip(self._loaded().progress, choice))

    @workflow.update
    def cancel_task(self, choice: TaskChoice) -> ChangeReply:
        """End a running task; it can be retried."""
        return self._changed(plan_run.cancel_task(self._loaded(), choice))

    @workflow.update
    def set_limits(self, change: LimitsChange) -> ChangeReply:
        """Do more or less at once."""
        return self._changed(plan_steering.change_limits(self._loaded().progress, change))

    @retry.validator
    def _check_retry(self, choice: TaskChoice) -> None:
        plan_steering.check_retry(self._loaded().progress, choice)

    @skip.validator
    def _check_skip(self, choice: TaskChoice) -> None:
        plan_steering.check_skip(self._loaded().progress, choice)

    @cancel_task.validator
    def _check_cancel_task(self, choice: TaskChoice) -> None:
        plan_steering.check_cancel(self._loaded().progress, choice)

    @set_limits.validator
    def _check_limits(self, change: LimitsChange) -> None:  # noqa: ARG002 - the signature of the update
        self._loaded()

    @pause.validator
    def _check_pause(self, request: PauseRequest = A_PAUSE) -> None:  # noqa: ARG002 - the signature of the update
        self._loaded()

    @continue_run.validator
    def _check_continue(self) -> None:
        self._loaded()

    def _loaded(self) -> PlanRun:
        if self._run is None:
            message = "the plan is still being loaded: try again in a moment"
            raise ApplicationError(message, type="NotReady", non_retryable=True)
        return self._run

    def _changed(self, reply: ChangeReply) -> ChangeReply:
        self._loaded().woken = True
        return reply
