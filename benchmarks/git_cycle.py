"""The git steps of one task without Temporal: worktree, commit, merge, move the branch, remove."""

from pathlib import Path

from activities.landing import Conflict, merge_candidate, move_branch
from activities.run_preflight import create_feature_branch
from activities.task_commits import TaskTrailers, landing_message, work_message
from activities.work_changes import collect_changes
from activities.work_commit import CommitOptions, checkpoint_name, commit_work
from activities.worktrees import prepare_worktree, remove_worktree
from planner.machine.git_reader import branch_tip, identity, resolve
from planner.machine.repository_folders import open_repository
from planner.machine.work_folder import WorkFolder

BRANCH = "feature/git-cycle"


def git_cycle(repository: Path, folder: Path, number: int) -> None:
    """Do for one empty task what a run does with git."""
    folders = open_repository(repository)
    create_feature_branch(folders, BRANCH, resolve(repository, "HEAD"))
    tip = branch_tip(folders.common, BRANCH)
    author = identity(repository)
    if tip is None or author is None:
        raise SystemExit("the repository has no branch or git no identity")
    work = WorkFolder(folder / f"T{number}")
    trailers = TaskTrailers("git-cycle", f"T{number}", 1, "0" * 64)
    prepare_worktree(folders, work, f"task/git-cycle/T{number}", tip, f"token{number}")
    chosen = collect_changes(work, tip).to_commit()
    options = CommitOptions(allow_empty=True, checkpoint=checkpoint_name("git-cycle", f"T{number}", 1, 50))
    commit = commit_work(work, tip, chosen, author, work_message("Keep", trailers), options)
    if commit is None:
        raise SystemExit("nothing was committed")
    merged = merge_candidate(folders, tip, commit, landing_message("Keep", trailers), author)
    if isinstance(merged, Conflict) or not move_branch(folders, BRANCH, merged.commit, tip):
        raise SystemExit("an empty commit did not land")
    remove_worktree(folders, work)
