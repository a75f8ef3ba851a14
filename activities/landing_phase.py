"""Phase land: merge into the tip, verify the merged tree, move the feature branch (design 7.4)."""

from __future__ import annotations

from pathlib import Path

from activities.attempt_checks import CheckList, all_checks, checks_on_tree, known_checks, unacceptable
from activities.check_runner import feedback_from
from activities.flaky_checks import flaky_notes, judged_twice, to_repeat
from activities.landed_tip import tip_to_remember
from activities.landing import Conflict, MergeCandidate, already_landed, merge_candidate, move_branch
from activities.landing_lock import landing_turn
from activities.pre_test_phase import baseline_of, feature_tip
from activities.task_commits import landing_message
from activities.task_frame import TaskFrame
from activities.uninterrupted import uninterrupted
from activities.worktrees import detached_worktree
from planner.machine.git_commits import tree_of
from planner.machine.processes import end_survivors
from planner.machine.repository_folders import worktrees_root
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import CheckResult, LandInput, LandResult
from schemas.errors import LandingMoved
from schemas.execution import Feedback

MOST_MOVES = 5
SHOWN_FILES = 10


async def run_land(frame: TaskFrame, request: LandInput, state: Path) -> LandResult:
    """Return the landing commit, or why the task is sent back.

    Safe to run again at any point: a landing that happened before is found by its trailers.

    Raises:
        LandingMoved: when somebody else moved the branch again and again.
    """
    run = frame.attempt.run
    async with landing_turn(frame.folders, run.branch):
        for _ in range(MOST_MOVES):
            landed = await uninterrupted(
                already_landed,
                frame.folders,
                run.branch,
                run.base_commit,
                run.run_id,
                frame.task.id,
                frame.trailers.content,
            )
            if landed is not None:
                return LandResult(outcome="landed", commit=landed)
            result = await _land_on_tip(frame, request.commit, state)
            if result is not None:
                return result
    raise LandingMoved(
        f"{run.branch} was moved by somebody else {MOST_MOVES} times while {frame.task.id} was landing",
        hint="commit to the feature branch only when no run works on it",
    )


async def _land_on_tip(frame: TaskFrame, commit: str, state: Path) -> LandResult | None:
    """Land on the tip as it is now; None when the tip was moved meanwhile."""
    tip, candidate = await uninterrupted(_merged, frame, commit)
    if isinstance(candidate, Conflict):
        return LandResult(outcome="conflict", feedback=(_conflict_feedback(frame, candidate),))
    checks = await _verify(frame, candidate, state)
    before = await _checks_on_tip(frame, tip, checks, state)
    bad = unacceptable(before, checks)
    frame.evidence.write_json("checks", checks)
    notes = flaky_notes(checks)
    if bad:
        alone = candidate.tree == await uninterrupted(tree_of, frame.folders.common, commit)
        feedback = (*feedback_from(bad, "land"), *_uncommitted_help(bad, alone=alone))
        return LandResult(outcome="red", checks=checks, feedback=feedback, notes=notes)
    run = frame.attempt.run
    remembered = tip_to_remember(run.run_id, candidate.commit)
    if await uninterrupted(move_branch, frame.folders, run.branch, candidate.commit, tip, remembered):
        notes = (*notes, *_still_red(run.branch, checks))
        return LandResult(outcome="landed", commit=candidate.commit, checks=checks, notes=notes)
    return None


def _merged(frame: TaskFrame, commit: str) -> tuple[str, MergeCandidate | Conflict]:
    """Return the tip of the feature branch, and what a merge into it would be."""
    tip = feature_tip(frame)
    message = landing_message(frame.task.title, frame.trailers)
    return tip, merge_candidate(frame.folders, tip, commit, message, frame.author())


async def _verify(frame: TaskFrame, candidate: MergeCandidate, state: Path) -> tuple[CheckResult, ...]:
    """Return the checks on the merged tree; known ones only when a clean checkout of it passed them before.

    What is red is run once more, in the worktree and the environment made anew.
    """
    known = await uninterrupted(known_checks, frame, candidate.tree)
    if known is not None:
        return known
    wanted = all_checks(frame)
    checks = await _run_on(frame, candidate.commit, state, wanted)
    places = to_repeat(checks, unacceptable(baseline_of(frame), checks))
    if not places:
        return checks
    second = await _run_on(frame, candidate.commit, state, wanted.again(places))
    return judged_twice(checks, places, second, frame.attempt.run.flaky_checks)


async def _checks_on_tip(
    frame: TaskFrame, tip: str, after: tuple[CheckResult, ...], state: Path
) -> tuple[CheckResult, ...]:
    """Return the verify commands on the tip before the landing, run only when one is red after it."""
    if all(check.verdict == "green" for check in after if check.kind == "verify"):
        return ()
    tree = await uninterrupted(tree_of, frame.folders.common, tip)
    known = await uninterrupted(known_checks, frame, tree, own=False)
    return known if known is not None else await _run_on(frame, tip, state, CheckList(frame.verify))


async def _run_on(frame: TaskFrame, commit: str, state: Path, checks: CheckList) -> tuple[CheckResult, ...]:
    work = await uninterrupted(_landing_worktree, frame, commit, state)
    return await checks_on_tree(frame, work, commit, checks)


def _landing_worktree(frame: TaskFrame, commit: str, state: Path) -> WorkFolder:
    place = worktrees_root(frame.folders, frame.attempt.run.run_id, state) / "landing"
    end_survivors(WorkFolder(place).processes)
    return detached_worktree(frame.folders, place, commit)


def _still_red(branch: str, checks: tuple[CheckResult, ...]) -> tuple[str, ...]:
    """Return what a person is told of verify commands that no task is blamed for."""
    return tuple(
        f"{branch} is red, and was so before tasks landed on it: `{check.name}` {check.detail}"
        for check in checks
        if check.verdict != "green"
    )


def _uncommitted_help(bad: tuple[CheckResult, ...], *, alone: bool) -> tuple[Feedback, ...]:
    """Return what to look for when the work alone is red here, and was green where it was done."""
    if not alone or any(check.flaky or check.kind == "setup" for check in bad):
        return ()
    message = (
        "on a clean checkout of the very files that were green where the work was done: something there "
        "helped that is not committed, such as an ignored file or something in HOME or TASKS_ENV"
    )
    return (Feedback(phase="land", rule="uncommitted_help", message=message),)


def _conflict_feedback(frame: TaskFrame, conflict: Conflict) -> Feedback:
    files = ", ".join(conflict.files[:SHOWN_FILES])
    message = f"the work conflicts with what landed on {frame.attempt.run.branch} meanwhile: {files}"
    return Feedback(phase="land", rule="conflict", message=message, excerpt=conflict.excerpt)
