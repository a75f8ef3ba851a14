"""ExecutePlan: one run of a plan. Decide, start children, wait, record (design 7.1)."""

import asyncio

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from schemas.execution import ChangeReply, Explanation, PauseRequest, Progress, RunResult, RunStatus
from workflows import plan_run
from workflows.cancellation import despite_cancellation
from workflows.plan_answers import explain_task
from workflows.plan_board import plan_board
from workflows.plan_run import PlanRun


@workflow.defn(name="ExecutePlan", failure_exception_types=[ValueError])
class ExecutePlan:
    """One run; its id is the workflow id. State is in `PlanProgress`, the steps are in `plan_run`."""

    def __init__(self) -> None:
        self._run: PlanRun | None = None
        self._woken = False

    @workflow.run
    async def run(self, request: RawValue) -> RunResult:
        """Run the plan to its end.

        Raises:
            ApplicationError: `InvalidArguments` for an input that cannot be read; `ExecutionFailed` or
                `ExecutionFailedWithoutCheckpoint` with the `RunResult` as details.
        """
        self._run = run = await plan_run.load(plan_run.decode_request(request), workflow.now())
        while run.progress.outcome is None:
            try:
                await self._step(run)
            except asyncio.CancelledError:
                plan_run.cancel(run)
        results: list[RunResult] = []
        await despite_cancellation(plan_run.finish(run, results))
        self._show(run)
        if run.progress.outcome == "cancelled":
            raise asyncio.CancelledError
        if run.progress.outcome == "failed":
            raise plan_run.failure(results[0])
        return results[0]

    async def _step(self, run: PlanRun) -> None:
        """Take in what happened, start what can start, and wait for more."""
        if workflow.cancellation_reason() is not None and not run.progress.cancelling:
            plan_run.cancel(run)
        plan_run.take_in_endings(run)
        decisions = run.progress.decide()
        await plan_run.start_tasks(run, decisions.starts)
        self._woken = False
        self._show(run)
        if decisions.finished:
            run.progress.outcome = decisions.outcome
            return
        await workflow.wait_condition(
            lambda: (
                bool(run.inbox)
                or self._woken
                or (workflow.cancellation_reason() is not None and not run.progress.cancelling)
            )
        )

    @workflow.query
    def status(self) -> RunStatus:
        """Return the whole run; before the plan is loaded only that it is being loaded."""
        if self._run is None:
            return RunStatus(
                run_id=workflow.info().workflow_id,
                state="running",
                branch=None,
                progress=Progress(completed=0, total=0),
                reason="the plan is being loaded and its checks are being probed",
            )
        return self._run.status(workflow.now())

    @workflow.query
    def explain(self, task_id: str) -> Explanation:
        """Return why a task is where it is."""
        return explain_task(self._loaded().progress, task_id)

    @workflow.update
    def pause(self, request: PauseRequest) -> ChangeReply:
        """Start nothing more."""
        return self._changed(self._loaded().progress.pause(request.reason))

    @workflow.update
    def continue_run(self) -> ChangeReply:
        """Start tasks again."""
        return self._changed(self._loaded().progress.go_on())

    @pause.validator
    def _check_pause(self, request: PauseRequest) -> None:  # noqa: ARG002 - the signature of the update
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
        self._woken = True
        return reply

    def _show(self, run: PlanRun) -> None:
        workflow.set_current_details(plan_board(run.status(workflow.now())))
