"""What a person did in a worktree is never thrown away: it is kept in git before every reset or removal."""

from __future__ import annotations

from pathlib import Path

from activities.git_commands import run_git
from activities.ref_updates import update_ref
from activities.set_aside import not_the_tasks_work
from activities.task_frame import TaskFrame
from activities.work_commit import collect_changes, snapshot_work
from activities.worktree_git import WorktreeGit
from activities.worktree_lease import find_lease
from planner.machine.git_commits import logged_commit
from planner.machine.git_reader import branch_tip, ref_commit
from planner.machine.work_folder import WorkFolder
from planner.plan_outline import is_by_hand

CONFLICT = 1


def done_by_hand(frame: TaskFrame) -> bool:
    """Return whether a person does this task in this run."""
    return is_by_hand(frame.task, frame.attempt.run.executor)


def kept_ref(frame: TaskFrame) -> str:
    """Return the name under which the work of a person at this task is kept, scope or no scope."""
    return f"refs/tasks/{frame.attempt.run.run_id}/{frame.task.id}/by-hand"


def keep_hand_work(frame: TaskFrame, root: Path) -> None:
    """Keep what lies in any worktree of this task below a folder, be it of an attempt that was lost."""
    tip = branch_tip(frame.folders.common, frame.branch)
    leases = sorted(root.glob(f"{frame.task.id}.*.lease"), key=lambda file: file.stat().st_mtime_ns)
    for file in leases if tip else ():
        work = WorkFolder(file.with_suffix(""))
        lease = find_lease(work)
        if lease is not None and lease.branch == frame.branch and work.path.is_dir():
            keep_changes(frame, work, tip or "")


def keep_changes(frame: TaskFrame, work: WorkFolder, base: str) -> str | None:
    """Keep everything that differs from the base, out of scope too; None when there is nothing.

    Raises:
        LeaseLost: the worktree was removed or taken over.
    """
    known = not_the_tasks_work(frame, work)
    changes = collect_changes(work, base)
    paths = [path.path for path in changes.paths if path.path not in known and not path.nested_repository]
    if not paths:
        return None
    message = f"Keep what was done by hand for {frame.task.id}\n"
    commit = snapshot_work(work, base, paths, frame.author(), message)
    update_ref(frame.folders.common, kept_ref(frame), commit, "tasks: keep work done by hand")
    return commit


def bring_back_hand_work(frame: TaskFrame, work: WorkFolder, base: str) -> tuple[str, ...]:
    """Put what was kept into a fresh worktree, as changes that are not committed; say how that went."""
    kept = ref_commit(frame.folders.common, kept_ref(frame))
    if kept is None:
        return ()
    before = logged_commit(frame.folders.common, kept).parents[0]
    patch = run_git(
        frame.folders.top, "diff", "--no-ext-diff", "--no-textconv", "--binary", "--full-index", before, kept
    )
    git = WorktreeGit.of(work)
    options = ("apply", "--3way", "--whitespace=nowarn", "-")
    applied = git.run(*options, input_data=patch.out_bytes, ok=(0, CONFLICT))
    git.run("read-tree", base)
    if applied.exit_code == CONFLICT:
        return (f"your earlier work did not fit everywhere: look at {kept_ref(frame)} and at the conflicts",)
    return ("your earlier work was brought back into the worktree",)
