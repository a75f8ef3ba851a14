"""Commit the work of an attempt: exactly the given paths, through an index of ours, without any hook."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from activities.content_storage import store_content
from activities.private_repository import show_commit
from activities.ref_updates import update_ref
from activities.saved_indexes import save_index
from activities.task_commits import write_commit
from activities.work_changes import ChangedPath, Changes, collect_changes
from activities.worktree_files import copy_index
from activities.worktree_git import WorktreeGit
from planner.machine.git_reader import Identity, check_object_id
from planner.machine.git_trailers import parse_trailers
from planner.machine.git_worktrees import BRANCH_PREFIX
from planner.machine.repository_folders import RepositoryFolders, check_run_id
from planner.machine.work_folder import WorkFolder
from schemas.errors import GitFailed
from schemas.identifiers import check_identifier

__all__ = ["ChangedPath", "Changes", "checkpoint_ref", "collect_changes", "commit_work", "snapshot_work"]

_HEADER = re.compile(rb"([0-9a-f]{40,64}) (tree|commit) (\d+)")


@dataclass(frozen=True, slots=True)
class _Known:
    """What git already has: the base's tree, and the commit at the tip of the task branch."""

    base_tree: str
    tip: str | None
    tip_tree: str | None = None
    tip_parents: tuple[str, ...] = ()
    tip_message: str = ""


def commit_work(
    work: WorkFolder,
    base: str,
    paths: Sequence[str],
    author: Identity,
    message: str,
    *,
    allow_empty: bool = False,
) -> str | None:
    """Commit the paths on the task branch, with the base as only parent, and return the commit.

    Deletions, executable bits and symlinks are kept. What the agent committed by itself is in it as far as
    its paths are given. Run again with the same tree and trailers, it returns the commit that is there.

    Returns:
        The commit; None if nothing differs from the base and `allow_empty` is not set.

    Raises:
        LeaseLost: the worktree was removed or taken over.
        GitFailed: the worktree has no branch, or git could not write the commit.
    """
    git = WorktreeGit.of(work)
    branch = git.lease.branch
    if branch is None:
        raise GitFailed(f"{work.path} has no branch to commit on")
    index = git.git_dir / "tasks-commit-index"
    tree = _write_tree(git, base, paths, index)
    known = _known(git, base, branch)
    if tree == known.base_tree and not allow_empty:
        return None
    common = Path(git.lease.common)
    if known.tip is not None and _is_same(known, tree, base, message):
        commit = known.tip
    else:
        commit = write_commit(common, tree, (base,), message, author)
        update_ref(common, f"{BRANCH_PREFIX}{branch}", commit, "tasks: commit work")
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


def checkpoint_ref(
    folders: RepositoryFolders, run_id: str, task_id: str, attempt: int, percent: int, commit: str
) -> str:
    """Let `refs/tasks/<run>/<task>/<attempt>/<percent>` point to a commit and return that name."""
    ref = f"refs/tasks/{check_run_id(run_id)}/{check_identifier(task_id)}/{attempt}/{percent}"
    update_ref(folders.common, ref, commit, "tasks: checkpoint")
    return ref


def _write_tree(git: WorktreeGit, base: str, paths: Sequence[str], index: Path) -> str:
    copy_index(git.index_of(base), index)
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


def _known(git: WorktreeGit, base: str, branch: str) -> _Known:
    """Ask for the base's tree and the branch's tip in one process."""
    questions = f"info {check_object_id(base)}^{{tree}}\ncontents {BRANCH_PREFIX}{branch}\n"
    answer = git.run("cat-file", "--batch-command", input_data=questions.encode()).out_bytes
    first, _, rest = answer.partition(b"\n")
    second, _, content = rest.partition(b"\n")
    tree, tip = _HEADER.fullmatch(first), _HEADER.fullmatch(second)
    if tree is None:
        raise GitFailed(f"{base} is no commit of {git.lease.common}")
    if tip is None:
        return _Known(tree[1].decode(), None)
    head, _, message = content.decode("utf-8", "replace").partition("\n\n")
    fields = [line.partition(" ") for line in head.split("\n")]
    return _Known(
        tree[1].decode(),
        tip[1].decode(),
        next(value for key, _, value in fields if key == "tree"),
        tuple(value for key, _, value in fields if key == "parent"),
        message.removesuffix("\n"),
    )


def _is_same(known: _Known, tree: str, base: str, message: str) -> bool:
    same_place = known.tip_tree == tree and known.tip_parents == (base,)
    trailers = parse_trailers(message)
    return same_place and bool(trailers) and parse_trailers(known.tip_message) == trailers
