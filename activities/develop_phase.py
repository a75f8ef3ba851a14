"""Phase develop: the executor works, the orchestrator commits what is in scope."""

from __future__ import annotations

from pathlib import Path

from activities.attempt_checks import prepare_environment
from activities.executors.executor import ExecutorOutcome, ExecutorRequest
from activities.executors.registry import executor_for
from activities.file_scope import scope_text
from activities.git_commands import run_git
from activities.hand_work import done_by_hand, keep_changes
from activities.set_aside import discard, not_the_tasks_work, note_leftovers
from activities.task_commits import TaskTrailers, work_message
from activities.task_frame import TaskFrame
from activities.uninterrupted import uninterrupted
from activities.work_changes import Changes, collect_changes
from activities.work_commit import CommitOptions, checkpoint_name, commit_work
from activities.worktrees import check_token, reset_worktree
from planner.machine.git_commits import logged_commit, tree_of
from planner.machine.git_reader import branch_tip
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import DevelopInput, DevelopResult
from schemas.errors import ContentFilterFailed
from schemas.execution import Feedback

DEVELOPED_PERCENT = 50
SHOWN_PATHS = 10


async def run_develop(frame: TaskFrame, request: DevelopInput, tries: int) -> DevelopResult:
    """Return the commit of the work, or the feedback when there is none.

    A second try, after a crash, takes the commit that is there already; else it begins again from the
    base, so that half of an execution is never built upon. What a person did is never thrown away.
    """
    work = WorkFolder(Path(request.lease.worktree))
    await uninterrupted(check_token, work, request.lease.token)
    by_hand = done_by_hand(frame)
    if by_hand:
        await uninterrupted(keep_changes, frame, work, request.base_commit)
    if tries > 1:
        done = await uninterrupted(_committed_before, frame, request.base_commit)
        if done is not None:
            return DevelopResult(commit=done)
    if tries > 1 and not by_hand:
        await uninterrupted(reset_worktree, work, request.base_commit)
        await prepare_environment(frame, work, request.base_commit)
        await uninterrupted(note_leftovers, frame, work, request.base_commit)
    outcome = await _execute(frame, work, request)
    if not outcome.ended:
        return DevelopResult(commit=None, feedback=outcome.feedback)
    return await uninterrupted(_commit, frame, work, request, outcome)


async def _execute(frame: TaskFrame, work: WorkFolder, request: DevelopInput) -> ExecutorOutcome:
    executor = executor_for(frame.task.execution, frame.attempt.run.executor)
    outcome = await executor.develop(
        ExecutorRequest(
            run_id=frame.attempt.run.run_id,
            task=frame.task,
            attempt=frame.attempt.number,
            bench=frame.bench(work),
            feedback=request.feedback,
        )
    )
    frame.evidence.write_text("outcome", f"{outcome.summary}\n")
    return outcome


def _commit(
    frame: TaskFrame, work: WorkFolder, request: DevelopInput, outcome: ExecutorOutcome
) -> DevelopResult:
    check_token(work, request.lease.token)
    base = request.base_commit
    changes = _changes(frame, work, base)
    asked_for_none = frame.task.changes in {"optional", "none"} or frame.attempt.run.executor == "noop"
    may_be_empty = asked_for_none or outcome.already_done
    # Agents leave empty files behind; a command or a person means what it makes.
    meant = frame.task.execution is not None and frame.task.execution.executor == "command"
    chosen = changes.to_commit(keep_empty=meant or done_by_hand(frame))
    message = work_message(frame.task.title, frame.trailers)
    left_out = _left_out(changes, chosen)
    try:
        options = CommitOptions(may_be_empty, _checkpoint(frame))
        commit = commit_work(work, base, chosen, frame.author(), message, options)
    except ContentFilterFailed as error:
        feedback = Feedback(phase="develop", rule="filter", message=error.message)
        return DevelopResult(commit=None, left_out=left_out, feedback=(feedback,))
    if commit is None:
        return DevelopResult(commit=None, left_out=left_out, feedback=(_nothing_changed(frame, left_out),))
    frame.evidence.write_text("difference", _difference(frame, base, commit), suffix=".patch")
    discard(work, [path for path in changes.paths if path.path not in set(chosen)])
    shown = tuple(path.shown for path in changes.paths if path.path in set(chosen))
    return DevelopResult(commit=commit, changed=shown, left_out=left_out, already_done=outcome.already_done)


def _checkpoint(frame: TaskFrame) -> str:
    attempt = frame.attempt
    return checkpoint_name(attempt.run.run_id, frame.task.id, attempt.number, DEVELOPED_PERCENT)


def _difference(frame: TaskFrame, base: str, commit: str) -> str:
    common = frame.folders.common
    if tree_of(common, base) == tree_of(common, commit):
        return ""
    found = run_git(frame.folders.top, "diff", "--no-ext-diff", "--no-textconv", "--binary", base, commit)
    return found.out_bytes.decode("utf-8", "surrogateescape")


def _committed_before(frame: TaskFrame, base: str) -> str | None:
    """Return the commit of this very attempt, when an earlier try got that far."""
    tip = branch_tip(frame.folders.common, frame.branch)
    if tip is None or tip == base:
        return None
    logged = logged_commit(frame.folders.common, tip)
    return tip if TaskTrailers.read(logged.trailers) == frame.trailers and logged.parents == (base,) else None


def _changes(frame: TaskFrame, work: WorkFolder, base: str) -> Changes:
    """Return the difference without what setup and git itself made."""
    includes, excludes = frame.scope()
    found = collect_changes(work, base, includes, excludes)
    known = not_the_tasks_work(frame, work)
    return Changes(tuple(p for p in found.paths if p.path not in known), found.ignored, found.own_commits)


def _left_out(changes: Changes, chosen: tuple[str, ...]) -> tuple[str, ...]:
    kept = set(chosen)
    return tuple(path.shown for path in changes.paths if path.path not in kept and not path.empty)


def _nothing_changed(frame: TaskFrame, left_out: tuple[str, ...]) -> Feedback:
    includes, _ = frame.scope()
    message = f"nothing was changed in scope ({scope_text(includes)})"
    if left_out:
        message += f"; changed outside of it: {', '.join(left_out[:SHOWN_PATHS])}"
    return Feedback(phase="develop", rule="emptiness", message=message)
