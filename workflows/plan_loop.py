"""The loop of a run: take in what happened, decide, start, wait; then tidy up and say how it ended."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

from temporalio import workflow

from planner.scheduling.decide import Decisions
from planner.scheduling.events import TimePassed
from schemas.execution import RunResult
from workflows import plan_run
from workflows.cancellation import despite_cancellation
from workflows.plan_board import plan_board
from workflows.plan_run import PlanRun

SHORTEST_WAIT = timedelta(milliseconds=1)


async def run_to_end(run: PlanRun) -> RunResult:
    """Run a loaded plan to its end.

    Raises:
        asyncio.CancelledError: when the run was cancelled and has tidied up.
        ApplicationError: when it failed; the result is in the details.
    """
    while run.progress.outcome is None:
        try:
            await _step(run)
        except asyncio.CancelledError:
            plan_run.cancel(run)
    results: list[RunResult] = []
    await despite_cancellation(plan_run.finish(run, results))
    _show(run)
    if run.progress.outcome == "cancelled":
        raise asyncio.CancelledError
    if run.progress.outcome == "failed":
        raise plan_run.failure(results[0])
    return results[0]


async def _step(run: PlanRun) -> None:
    # Before the look at what happened: what comes while children are started must wake the next step.
    run.woken = False
    if workflow.cancellation_reason() is not None and not run.progress.cancelling:
        plan_run.cancel(run)
    plan_run.take_in_endings(run)
    # The scheduler's clock counts in hours, as the plan does.
    run.progress.apply(TimePassed((workflow.now() - run.started) / timedelta(hours=1)))
    decisions = run.progress.decide()
    await plan_run.start_tasks(run, decisions.starts)
    await plan_run.send_hold(run)
    _show(run)
    if decisions.finished and not run.woken and not run.inbox:
        run.progress.outcome = decisions.outcome
        return
    # Only a wave that time opens needs a timer, so that other runs have none in their histories.
    with contextlib.suppress(TimeoutError):
        await workflow.wait_condition(lambda: _has_news(run), timeout=_time_left(run, decisions))


def _time_left(run: PlanRun, decisions: Decisions) -> timedelta | None:
    if decisions.next_timeout is None:
        return None
    return max(run.started + timedelta(hours=decisions.next_timeout) - workflow.now(), SHORTEST_WAIT)


def _has_news(run: PlanRun) -> bool:
    cancelled = workflow.cancellation_reason() is not None and not run.progress.cancelling
    return bool(run.inbox) or run.woken or cancelled


def _show(run: PlanRun) -> None:
    workflow.set_current_details(plan_board(run.status(workflow.now())))
