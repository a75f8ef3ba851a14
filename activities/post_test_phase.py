"""Phase post_test: the task's checks and the verify commands on exactly the commit."""

from __future__ import annotations

import asyncio
from pathlib import Path

from activities.attempt_checks import run_attempt_checks, unacceptable
from activities.check_runner import feedback_from
from activities.pre_test_phase import BASELINE
from activities.task_frame import TaskFrame
from activities.worktrees import check_token
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import CheckResult, PostTestInput, PostTestResult


async def run_post_test(frame: TaskFrame, request: PostTestInput) -> PostTestResult:
    """Return whether all own checks are green and nothing turned from green to red."""
    work = WorkFolder(Path(request.lease.worktree))
    await asyncio.to_thread(check_token, work, request.lease.token)
    checks = await run_attempt_checks(frame, work, request.commit)
    frame.evidence.write_json("checks", checks)
    baseline = tuple(CheckResult.model_validate(row) for row in frame.memory.read(BASELINE) or ())
    bad = unacceptable(baseline, checks)
    return PostTestResult(passed=not bad, checks=checks, feedback=feedback_from(bad, "post_test"))
