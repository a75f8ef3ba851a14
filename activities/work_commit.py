"""Commit the work of an attempt: exactly the given paths, through an index of ours, without any hook."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from activities.commit_objects import write_commit
from activities.content_storage import store_content
from activities.private_repository import show_commit
from activities.ref_updates import RefMove, update_refs
from activities.saved_indexes import save_index
from activities.work_changes import ChangedPath, Changes, collect_changes
from activities.worktree_files import copy_index
from activities.worktree_git import WorktreeGit
from planner.machine.git_commits import LoggedCommit, logged_commit, tree_of
from planner.machine.git_reader import Identity, branch_tip, check_object_id
from planner.machine.git_trailers import parse_trailers
from planner.machine.git_worktrees import BRANCH_PREFIX
from planner.machine.repository_folders import check_run_id
from planner.machine.work_folder import WorkFolder
from schemas.errors import GitFailed
from schemas.identifiers import check_identifier

__all__ = [
    "ChangedPath",
    "Changes",
    "CommitOptions",
    "checkpoint_name",
    "collect_changes",
    "commit_work",
    "snapshot_work",
]


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """How a commit of work is made, apart from what is in it."""

    allow_empty: bool = False
    """Whether a commit without a difference is wanted."""
    checkpoint: str | None = None
    """Another ref that is to point to the commit, see `checkpoint_name`."""


DEFAULTS = CommitOptions()


def commit_work(
    work: WorkFolder,
    base: str,
    paths: Sequence[str],
    author: Identity,
    message: str,
    options: CommitOptions = DEFAULTS,
) -> str | None:
    """Commit the paths on the task branch, with the base as only parent, and return the commit.

    Deletions, executable bits and symlinks are kept. What the agent committed by itself is in it as far as
    its paths are given. Run again with the same tree and trailers, it returns the commit that is there.

    Returns:
        The commit; None if nothing differs from the base and an empty commit is not wanted.

    Raises:
        LeaseLost: the worktree was removed or taken over.
        GitFailed: the worktree has no branch, or git could not write the commit.
    """
    git = WorktreeGit.of(work)
    branch = git.lease.branch
    if branch is None:
        raise GitFailed(f"{work.path} has no branch to commit on")
    index = git.git_dir / "tasks-commit-index"
    common = Path(git.lease.common)
    tree = _write_tree(git, base, paths, index)
    if tree == tree_of(common, base) and not options.allow_empty:
        return None
    tip = branch_tip(common, branch)
    known = tip is not None and _is_same(logged_commit(common, tip), tree, base, message)
    commit = tip if tip and known else write_commit(common, tree, (base,), message, author)
    refs = (
        *(() if known else (f"{BRANCH_PREFIX}{branch}",)),
        *((options.checkpoint,) if options.checkpoint else ()),
    )
    if refs:
        update_refs(common, "tasks: commit work", *(RefMove(ref, commit) for ref in refs))
    if not git.head_is(branch):
        git.run("symbolic-ref", "HEAD", f"{BRANCH_PREFIX}{branch}")
    copy_index(index, git.git_dir / "index")
    save_index(git.git_dir, index, commit)
    show_commit(git, commit)
    return commit


def snapshot_work(work: WorkFolder, base: str, paths: Sequence[str], author: Identity, message: str) -> str:
    """Write the paths as a commit that no branch points to, and return it: the content of a checkpoint.

    Raises:
        LeaseLost: the worktree was removed or taken over.
    """
    git = WorktreeGit.of(work)
    tree = _write_tree(git, base, paths, git.git_dir / "tasks-snapshot-index")
    return write_commit(Path(git.lease.common), tree, (check_object_id(base),), message, author)


def checkpoint_name(run_id: str, task_id: str, attempt: int, percent: int) -> str:
    """Return the ref that keeps what an attempt has done so far."""
    return f"refs/tasks/{check_run_id(run_id)}/{check_identifier(task_id)}/{attempt}/{percent}"


def _write_tree(git: WorktreeGit, base: str, paths: Sequence[str], index: Path) -> str:
    copy_index(git.index_of(base), index)
    if not paths:
        return tree_of(Path(git.lease.common), base)
    gone = [path for path in paths if _is_gone(git.work.path, path)]
    kept = sorted(set(paths).difference(gone))
    for options, names in ((("--force-remove",), gone), (("--add", "--replace"), kept)):
        if names:
            store_content(git, index, options, names)
    return git.run("write-tree", index=index).out


def _is_gone(top: Path, path: str) -> bool:
    """Return whether the path is no file here: not even behind a link on the way to it, and no folder."""
    file = top / path
    if any(parent.is_symlink() for parent in file.parents if top in parent.parents):
        return True
    if file.is_dir() and not file.is_symlink():
        return not (file / ".git").exists()  # a submodule is a folder, and git records its commit
    return not os.path.lexists(file)


def _is_same(tip: LoggedCommit, tree: str, base: str, message: str) -> bool:
    trailers = parse_trailers(message)
    return (tip.tree, tip.parents) == (tree, (base,)) and bool(trailers) and tip.trailers == trailers
