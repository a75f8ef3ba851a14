"""Ending a run: no process, worktree or lock of it is left; branches, refs and evidence stay."""

from __future__ import annotations

from pathlib import Path

from activities.hand_work import done_by_hand, keep_hand_work
from activities.task_frame import open_frame
from activities.worktrees import remove_run_worktrees
from planner.machine.git_reader import branch_tip
from planner.machine.processes import end_survivors
from planner.machine.repository_folders import open_repository, worktrees_root
from schemas.activity_io import Attempt, FinishRunInput, FinishRunResult


def finish(request: FinishRunInput, state: Path) -> FinishRunResult:
    """Return the tip of the feature branch after everything else of the run was removed."""
    run = request.run
    folders = open_repository(Path(run.repository.path))
    root = worktrees_root(folders, run.run_id, state)
    ended = [name for records in sorted(root.glob("*.processes")) for name in end_survivors(records)]
    _keep_hand_work(request, root)
    remove_run_worktrees(folders, root)
    notes = (f"{len(ended)} processes of lost attempts were ended",) if ended else ()
    return FinishRunResult(tip=branch_tip(folders.common, run.branch), notes=notes)


def _keep_hand_work(request: FinishRunInput, root: Path) -> None:
    for task_id in sorted({file.name.rsplit(".", 2)[0] for file in root.glob("*.*.lease")}):
        frame = open_frame(Attempt(run=request.run, task_id=task_id, number=1), "release")
        if done_by_hand(frame):
            keep_hand_work(frame, root)
