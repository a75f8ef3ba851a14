"""Phase review: the reviewer judges the committed difference, never the executor's words."""

from __future__ import annotations

from activities.notification import ask_for_review
from activities.reviewers.checks_reviewer import FileChange, ReviewedChange, review_by_checks
from activities.task_frame import TaskFrame
from activities.uninterrupted import uninterrupted
from planner.machine.git_commits import tree_of
from planner.machine.git_reader import PathChange, changed_paths, read_file
from planner.machine.repository_folders import RepositoryFolders
from schemas.activity_io import ReviewInput, ReviewResult


async def run_review(frame: TaskFrame, request: ReviewInput) -> ReviewResult:
    """Return the verdict of the review rules on the difference between base and commit.

    Only what they accept is shown to a person, when one has to agree as well.
    """
    change = await uninterrupted(_change, frame, request)
    result = review_by_checks(change)
    if result.accepted and request.human:
        ask = await ask_for_review(frame, request.base_commit, request.commit)
        result = result.model_copy(update={"ask": ask})
    frame.evidence.write_json("verdict", result)
    return result


def _changed_paths(folders: RepositoryFolders, request: ReviewInput) -> tuple[PathChange, ...]:
    if tree_of(folders.common, request.base_commit) == tree_of(folders.common, request.commit):
        return ()
    return changed_paths(folders.top, request.base_commit, request.commit)


def _change(frame: TaskFrame, request: ReviewInput) -> ReviewedChange:
    top = frame.folders.top
    files = tuple(
        FileChange(
            path=changed.path,
            status=changed.status,
            before=None if changed.status == "A" else read_file(top, request.base_commit, changed.path),
            after=None if changed.status == "D" else read_file(top, request.commit, changed.path),
        )
        for changed in _changed_paths(frame.folders, request)
    )
    includes, excludes = frame.scope()
    return ReviewedChange(
        task=frame.task,
        files=files,
        left_out=request.left_out,
        already_done=request.already_done,
        includes=includes,
        excludes=excludes,
        executor=frame.attempt.run.executor,
    )
