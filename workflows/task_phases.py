"""The five phases of an attempt: each calls its activity and turns the answer into the next step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from planner.scheduling.task_cycle import TaskCycle, conflicted, passed, sent_back
from schemas.activity_io import (
    Attempt,
    DevelopInput,
    LandInput,
    Lease,
    PostTestInput,
    PreTestInput,
    ReleaseInput,
    ReviewInput,
)
from schemas.execution import ExecuteTaskInput, Phase, TaskProgress, TaskResult
from workflows import activity_calls


@dataclass(slots=True)
class TaskWork:
    """Where one task is; owned by its workflow's one loop."""

    request: ExecuteTaskInput
    cycle: TaskCycle
    hold: bool = False
    lease: Lease | None = None
    base: str = ""
    commit: str | None = None
    landed: str | None = None
    left_out: tuple[str, ...] = ()
    already_done: bool = False
    notes: tuple[str, ...] = ()

    def attempt(self) -> Attempt:
        """Return the attempt that the next activity works for."""
        return Attempt(run=self.request.run, task_id=self.request.task_id, number=self.cycle.attempt)

    def progress(self) -> TaskProgress:
        """Return what the query `status` answers."""
        return TaskProgress(
            task_id=self.request.task_id,
            phase=None if self.cycle.ended else self.cycle.phase,
            attempt=self.cycle.attempt,
            reason="held at the end of a phase" if self.hold else None,
            feedback=self.cycle.feedback,
        )

    def result(self, seconds: float) -> TaskResult:
        """Return how the task ended."""
        return TaskResult(
            task_id=self.request.task_id,
            outcome=self.cycle.outcome or "failed",
            attempts=self.cycle.spent,
            landed_commit=self.landed,
            kept_commit=self.commit,
            feedback=self.cycle.feedback,
            notes=self.notes,
            seconds=seconds,
        )


async def run_next_phase(work: TaskWork) -> None:
    """Run the phase the cycle is in; a lost worker costs its lease, not an attempt."""
    try:
        if work.cycle.phase == "land":
            await _land(work)
            return
        if work.lease is None and work.commit is not None and work.cycle.phase != "pre_test":
            await _lease_again(work, work.commit)
        if work.lease is None or work.cycle.phase == "pre_test":
            await _pre_test(work)
        else:
            await _ON_WORKER[work.cycle.phase](work, work.lease)
    except activity_calls.WorkerLost as lost:
        work.notes = (*work.notes, f"a worker was lost in {work.cycle.phase}: {lost}")
        work.lease = None


async def release(work: TaskWork) -> None:
    """Give the lease back, if there is one."""
    if work.lease is not None:
        await activity_calls.release(ReleaseInput(attempt=work.attempt(), lease=work.lease))


async def _lease_again(work: TaskWork, commit: str) -> None:
    """Take another worker; the work that was committed before the loss goes on from its commit."""
    answer = await activity_calls.pre_test(PreTestInput(attempt=work.attempt(), resume_from=commit))
    work.lease = answer.lease


async def _pre_test(work: TaskWork) -> None:
    work.cycle = replace(work.cycle, phase="pre_test")
    work.commit = None
    answer = await activity_calls.pre_test(PreTestInput(attempt=work.attempt(), lease=work.lease))
    work.lease, work.base = answer.lease, answer.base_commit
    work.cycle = (
        passed(work.cycle) if answer.go else sent_back(work.cycle, answer.feedback, fatal=answer.fatal)
    )


async def _develop(work: TaskWork, lease: Lease) -> None:
    answer = await activity_calls.develop(
        DevelopInput(attempt=work.attempt(), lease=lease, base_commit=work.base, feedback=work.cycle.feedback)
    )
    work.commit, work.left_out, work.already_done = answer.commit, answer.left_out, answer.already_done
    work.cycle = passed(work.cycle) if answer.commit else sent_back(work.cycle, answer.feedback)


async def _review(work: TaskWork, lease: Lease) -> None:
    answer = await activity_calls.review(
        ReviewInput(
            attempt=work.attempt(),
            lease=lease,
            base_commit=work.base,
            commit=work.commit or "",
            left_out=work.left_out,
            already_done=work.already_done,
        )
    )
    work.notes = (*work.notes, *answer.notes)
    work.cycle = passed(work.cycle) if answer.accepted else sent_back(work.cycle, answer.feedback)


async def _post_test(work: TaskWork, lease: Lease) -> None:
    answer = await activity_calls.post_test(
        PostTestInput(attempt=work.attempt(), lease=lease, base_commit=work.base, commit=work.commit or "")
    )
    work.cycle = passed(work.cycle) if answer.passed else sent_back(work.cycle, answer.feedback)


async def _land(work: TaskWork) -> None:
    answer = await activity_calls.land(
        LandInput(attempt=work.attempt(), base_commit=work.base, commit=work.commit or "")
    )
    match answer.outcome:
        case "landed":
            work.landed = answer.commit
            work.cycle = passed(work.cycle)
        case "conflict":
            work.cycle = conflicted(work.cycle, answer.feedback)
        case "red":
            work.cycle = sent_back(work.cycle, answer.feedback)


_ON_WORKER: dict[Phase, Callable[[TaskWork, Lease], Awaitable[None]]] = {
    "develop": _develop,
    "review": _review,
    "post_test": _post_test,
}
