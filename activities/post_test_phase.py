"""Phase post_test: the task's checks and the verify commands on exactly the commit."""

from __future__ import annotations

from pathlib import Path

from activities.attempt_checks import all_checks, run_attempt_checks, unacceptable
from activities.check_runner import feedback_from
from activities.flaky_checks import flaky_notes, judged_twice, to_repeat
from activities.pre_test_phase import baseline_of
from activities.task_frame import TaskFrame
from activities.uninterrupted import uninterrupted
from activities.worktrees import check_token
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import PostTestInput, PostTestResult


async def run_post_test(frame: TaskFrame, request: PostTestInput) -> PostTestResult:
    """Return whether all own checks are green and nothing turned from green to red.

    What is red for the first time is run once more: a check that is green then is flaky.
    """
    work = WorkFolder(Path(request.lease.worktree))
    await uninterrupted(check_token, work, request.lease.token)
    wanted = all_checks(frame)
    checks = await run_attempt_checks(frame, work, request.commit, wanted, worked_on=True)
    baseline = baseline_of(frame)
    if places := to_repeat(checks, unacceptable(baseline, checks)):
        second = await run_attempt_checks(frame, work, request.commit, wanted.again(places), worked_on=True)
        checks = judged_twice(checks, places, second, frame.attempt.run.flaky_checks)
    frame.evidence.write_json("checks", checks)
    bad = unacceptable(baseline, checks)
    return PostTestResult(
        passed=not bad,
        checks=checks,
        feedback=feedback_from(bad, "post_test"),
        notes=flaky_notes(checks),
    )
