"""The five phases of an attempt: each calls its activity and turns the answer into the next step."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from planner.scheduling.task_cycle import conflicted, passed, sent_back
from schemas.activity_io import (
    DevelopInput,
    DevelopResult,
    LandInput,
    Lease,
    PostTestInput,
    PreTestInput,
    ReleaseInput,
    ReviewInput,
)
from schemas.execution import Feedback, Phase, TaskWaits
from workflows import activity_calls
from workflows.task_work import TaskWork
from workflows.waiting_for_person import tell_plan, wait_for_person


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
    work.ask = answer.ask
    work.cycle = (
        passed(work.cycle) if answer.go else sent_back(work.cycle, answer.feedback, fatal=answer.fatal)
    )


async def _develop(work: TaskWork, lease: Lease) -> None:
    ask, work.ask = work.ask, None
    if ask is not None:
        await _wait_for_work(work, ask)
    answer = await _developed(work, lease)
    while ask is not None and _is_unchanged(answer):
        await _wait_for_work(work, f"{ask}; {answer.feedback[-1].message}")
        answer = await _developed(work, lease)
    work.commit, work.left_out, work.already_done = answer.commit, answer.left_out, answer.already_done
    work.cycle = passed(work.cycle) if answer.commit else sent_back(work.cycle, answer.feedback)


async def _developed(work: TaskWork, lease: Lease) -> DevelopResult:
    return await activity_calls.develop(
        DevelopInput(
            attempt=work.attempt(), lease=lease, base_commit=work.base, feedback=work.cycle.feedback
        ),
        pinned=work.request.by_hand,
    )


def _is_unchanged(answer: DevelopResult) -> bool:
    """Tell whether a person said "done" too soon: that costs him no attempt, as it would an agent."""
    return answer.commit is None and any(item.rule == "emptiness" for item in answer.feedback)


async def _review(work: TaskWork, lease: Lease) -> None:
    answer = await activity_calls.review(
        ReviewInput(
            attempt=work.attempt(),
            lease=lease,
            base_commit=work.base,
            commit=work.commit or "",
            left_out=work.left_out,
            already_done=work.already_done,
            human=work.request.human_review,
        )
    )
    work.notes = (*work.notes, *answer.notes)
    if not answer.accepted:
        work.cycle = sent_back(work.cycle, answer.feedback)
        return
    refusal = await _person_refuses(work, answer.ask) if answer.ask else None
    work.cycle = passed(work.cycle) if refusal is None else sent_back(work.cycle, [refusal])


async def _post_test(work: TaskWork, lease: Lease) -> None:
    answer = await activity_calls.post_test(
        PostTestInput(attempt=work.attempt(), lease=lease, base_commit=work.base, commit=work.commit or "")
    )
    work.notes = (*work.notes, *answer.notes)
    work.cycle = passed(work.cycle) if answer.passed else sent_back(work.cycle, answer.feedback)


async def _land(work: TaskWork) -> None:
    request = LandInput(attempt=work.attempt(), base_commit=work.base, commit=work.commit or "")
    try:
        answer = await activity_calls.land(request)
    except activity_calls.BranchCheckedOut as checked_out:
        # A person must let the branch go: then the run is continued, and this phase tried again.
        work.hold, work.hold_reason = True, str(checked_out)
        news = TaskWaits(task_id=work.request.task_id, reason=work.hold_reason, pauses_run=True)
        await tell_plan(news)
        return
    work.notes = (*work.notes, *answer.notes)
    match answer.outcome:
        case "landed":
            work.landed = answer.commit
            work.cycle = passed(work.cycle)
        case "conflict":
            work.cycle = conflicted(work.cycle, answer.feedback)
        case "red":
            work.cycle = sent_back(work.cycle, answer.feedback)


async def _wait_for_work(work: TaskWork, ask: str) -> None:
    reply = await wait_for_person(work, "work", ask)
    work.notes = (*work.notes, f"done by hand: {reply.message}" if reply.message else "done by hand")


async def _person_refuses(work: TaskWork, ask: str) -> Feedback | None:
    """Return what a person has against the work, None when he approves."""
    reply = await wait_for_person(work, "review", ask)
    if reply.approved:
        said = f"approved by a person: {reply.message}" if reply.message else "approved by a person"
        work.notes = (*work.notes, said)
        return None
    return Feedback(phase="review", rule="human", message=reply.message)


_ON_WORKER: dict[Phase, Callable[[TaskWork, Lease], Awaitable[None]]] = {
    "develop": _develop,
    "review": _review,
    "post_test": _post_test,
}
