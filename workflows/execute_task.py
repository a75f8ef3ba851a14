"""ExecuteTask: the development cycle of one task, from the lease to the landed commit (design 7.2)."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from planner.scheduling.task_cycle import TaskCycle
from schemas.execution import ChangeReply, ExecuteTaskInput, PersonReply, TaskProgress, TaskResult
from workflows.cancellation import despite_cancellation
from workflows.plan_steering import Refused
from workflows.task_phases import release, run_next_phase
from workflows.task_work import TaskWork
from workflows.waiting_for_person import answer, check_waits, go_on_after_hold


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
                work.show()
                await workflow.wait_condition(lambda: not work.hold)
                await go_on_after_hold(work)
                # A cancellation that arrives together with a phase's answer is lost by the SDK (#352).
                if workflow.cancellation_reason() is not None:
                    raise asyncio.CancelledError
                await run_next_phase(work)
        finally:
            await despite_cancellation(release(work))
        result = work.result((workflow.now() - started).total_seconds())
        work.show()
        if result.outcome == "failed":
            last = result.feedback[-1].message if result.feedback else "no reason was recorded"
            raise ApplicationError(last, result, type="TaskFailed", non_retryable=True)
        return result

    @workflow.signal
    def set_hold(self, hold: bool) -> None:  # noqa: FBT001 - the payload of a signal is one value
        """Stop at the end of the phase, or go on."""
        self._work.hold = hold

    @workflow.update
    def done(self, reply: PersonReply) -> ChangeReply:
        """The person has done the task in its worktree."""
        return answer(self._work, reply, f"{self._work.request.task_id} goes on: it is reviewed and checked")

    @workflow.update
    def approve(self, reply: PersonReply) -> ChangeReply:
        """The person accepts the work."""
        approved = reply.model_copy(update={"approved": True})
        return answer(self._work, approved, f"{self._work.request.task_id} is approved: its checks run next")

    @workflow.update
    def reject(self, reply: PersonReply) -> ChangeReply:
        """The person sends the work back; the next attempt is told why."""
        refused = reply.model_copy(update={"approved": False})
        return answer(self._work, refused, f"{self._work.request.task_id} is sent back: {reply.message}")

    @done.validator
    def _check_done(self, reply: PersonReply) -> None:  # noqa: ARG002 - the signature of the update
        check_waits(self._work, "work")

    @approve.validator
    def _check_approve(self, reply: PersonReply) -> None:  # noqa: ARG002 - the signature of the update
        check_waits(self._work, "review")

    @reject.validator
    def _check_reject(self, reply: PersonReply) -> None:
        check_waits(self._work, "review")
        if not reply.message.strip():
            raise Refused("say why it is rejected: the next attempt is told so")

    @workflow.query
    def status(self) -> TaskProgress:
        """Return the phase and attempt this task is in."""
        return self._work.progress()
