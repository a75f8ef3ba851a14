"""ExecuteTask: the development cycle of one task, from the lease to the landed commit (design 7.2)."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from planner.scheduling.task_cycle import TaskCycle
from schemas.execution import ExecuteTaskInput, TaskProgress, TaskResult
from workflows.cancellation import despite_cancellation
from workflows.plan_board import task_board
from workflows.task_phases import TaskWork, release, run_next_phase


@workflow.defn(name="ExecuteTask", failure_exception_types=[ValueError])
class ExecuteTask:
    """One task, at most three charged attempts; a red phase is a value, only the last one is an error."""

    @workflow.init
    def __init__(self, request: ExecuteTaskInput) -> None:
        self._work = TaskWork(request=request, cycle=TaskCycle(allowed=request.attempts), hold=request.hold)

    @workflow.run
    async def run(self, _request: ExecuteTaskInput) -> TaskResult:
        """Run the cycle.

        Returns:
            The completed task.

        Raises:
            ApplicationError: type `TaskFailed`, with the `TaskResult` as details, after the last attempt.
        """
        work, started = self._work, workflow.now()
        try:
            while not work.cycle.ended:
                workflow.set_current_details(task_board(work.progress(), work.request.title))
                await workflow.wait_condition(lambda: not work.hold)
                # A cancellation that arrives together with a phase's answer is lost by the SDK (#352).
                if workflow.cancellation_reason() is not None:
                    raise asyncio.CancelledError
                await run_next_phase(work)
        finally:
            await despite_cancellation(release(work))
        result = work.result((workflow.now() - started).total_seconds())
        workflow.set_current_details(task_board(work.progress(), work.request.title))
        if result.outcome == "failed":
            last = result.feedback[-1].message if result.feedback else "no reason was recorded"
            raise ApplicationError(last, result, type="TaskFailed", non_retryable=True)
        return result

    @workflow.signal
    def set_hold(self, hold: bool) -> None:  # noqa: FBT001 - the payload of a signal is one value
        """Stop at the end of the phase, or go on."""
        self._work.hold = hold

    @workflow.query
    def status(self) -> TaskProgress:
        """Return the phase and attempt this task is in."""
        return self._work.progress()
