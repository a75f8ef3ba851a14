"""Phase pre_test: a clean worktree at the tip, its environment, and the checks on the untouched base."""

from __future__ import annotations

from pathlib import Path

from activities.attempt_checks import all_checks, prepare_environment, run_attempt_checks
from activities.hand_work import bring_back_hand_work, done_by_hand, keep_hand_work
from activities.landed_tip import intact_tip
from activities.notification import ask_for_work
from activities.set_aside import note_leftovers
from activities.task_frame import TaskFrame
from activities.uninterrupted import uninterrupted
from activities.worktrees import prepare_worktree
from planner.machine.processes import end_survivors
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import CheckResult, Lease, PreTestResult
from schemas.execution import Feedback

BASELINE = "baseline"


async def run_pre_test(frame: TaskFrame, lease: Lease, resume_from: str | None) -> PreTestResult:
    """Return the base commit and whether to go on.

    Checks that are red on the base are recorded and later not blamed on the work. With `resume_from`,
    committed work of a lost worker goes on: nothing is measured again.
    """
    work = WorkFolder(Path(lease.worktree))
    start = await uninterrupted(_clean_worktree, frame, work, lease.token, resume_from)
    setup = await prepare_environment(frame, work, start)
    await uninterrupted(note_leftovers, frame, work, start)
    if setup is not None:
        return _no_go(lease, start, (setup,), _feedback("setup", setup))
    if resume_from is not None:
        return PreTestResult(lease=lease, base_commit=start, go=True)
    checks = await run_attempt_checks(frame, work, start, all_checks(frame), worked_on=False)
    frame.memory.write(BASELINE, [check.model_dump(mode="json") for check in checks])
    verdict = _verdict(frame, lease, start, checks)
    if not (verdict.go and done_by_hand(frame)):
        return verdict
    notes = await uninterrupted(bring_back_hand_work, frame, work, start)
    return verdict.model_copy(update={"ask": await ask_for_work(frame, lease.worktree, notes)})


def _clean_worktree(frame: TaskFrame, work: WorkFolder, token: str, resume_from: str | None) -> str:
    """Return the commit at which the worktree begins."""
    end_survivors(work.processes)
    start = feature_tip(frame) if resume_from is None else resume_from
    if done_by_hand(frame):
        keep_hand_work(frame, work.path.parent)
    prepare_worktree(frame.folders, work, frame.branch, start, token)
    return start


def baseline_of(frame: TaskFrame) -> tuple[CheckResult, ...]:
    """Return how the checks came out on the untouched base of this attempt; none when nobody measured."""
    return tuple(CheckResult.model_validate(row) for row in frame.memory.read(BASELINE) or ())


def _verdict(frame: TaskFrame, lease: Lease, start: str, checks: tuple[CheckResult, ...]) -> PreTestResult:
    """Return go, unless the task promised a check that is red before the work and it is green already."""
    own = [check for check in checks if check.kind != "verify"]
    if frame.task.expect_red_before and own and all(check.verdict == "green" for check in own):
        message = (
            "every acceptance check is green before any work was done, although the task expects red: "
            "the checks prove nothing, or the work is there already"
        )
        feedback = Feedback(phase="pre_test", rule="expect_red_before", message=message, command=own[0].name)
        return _no_go(lease, start, checks, feedback, fatal=True)
    return PreTestResult(lease=lease, base_commit=start, checks=checks, go=True)


def _no_go(
    lease: Lease, start: str, checks: tuple[CheckResult, ...], feedback: Feedback, *, fatal: bool = False
) -> PreTestResult:
    return PreTestResult(
        lease=lease, base_commit=start, checks=checks, go=False, feedback=(feedback,), fatal=fatal
    )


def _feedback(rule: str, check: CheckResult) -> Feedback:
    message = f"{check.name} failed on the untouched base: {check.detail}"
    return Feedback(phase="pre_test", rule=rule, message=message, command=check.name, excerpt=check.excerpt)


def feature_tip(frame: TaskFrame) -> str:
    """Return the tip of the run's feature branch.

    Raises:
        RepositoryUnusable: when somebody removed the branch, or it has lost what landed.
    """
    run = frame.attempt.run
    return intact_tip(frame.folders, run.run_id, run.branch)
