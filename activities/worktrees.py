"""Make, reset and remove the worktrees of a run; every function can be run again after a crash anywhere."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from activities.git_commands import run_git
from activities.private_repository import show_commit
from activities.ref_updates import update_ref
from activities.saved_indexes import save_index, saved_indexes
from activities.worktree_files import copy_index, delete, make_writable
from activities.worktree_git import WorktreeGit
from activities.worktree_lease import WorktreeLease, check_token, find_lease, write_lease
from planner.machine.git_reader import branch_tip, check_object_id
from planner.machine.git_worktrees import BRANCH_PREFIX, worktree_git_dir, worktrees
from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders
from planner.machine.work_folder import WorkFolder
from schemas.errors import GitFailed, InvalidArguments, RepositoryUnusable

__all__ = [
    "check_token",
    "detached_worktree",
    "prepare_worktree",
    "remove_run_worktrees",
    "remove_worktree",
    "reset_worktree",
]

TASK_BRANCHES = "task/"
LOCK_SECONDS = 120.0
LOOK_SECONDS = 0.01  # as long as the lock is held, most times
REMOVED = "removed-worktrees"
SCRATCH_TOKEN = "scratch"  # noqa: S105 - the token of a worktree that no attempt leases
_GITLINK = b"160000 "


def prepare_worktree(
    folders: RepositoryFolders, work: WorkFolder, branch: str, start: str, token: str
) -> None:
    """Make a clean worktree of a task branch that begins at a commit; one that is there is taken over.

    The branch is moved to the start; an older worktree of the same run that holds it is removed.

    Raises:
        InvalidArguments: the branch is not one of ours (`task/...`).
        RepositoryUnusable: somebody else holds the branch or the folder.
        GitFailed: git could not make it.
    """
    if not check_ref_name(branch).startswith(TASK_BRANCHES):
        raise InvalidArguments(f"{branch!r} is no task branch: only {TASK_BRANCHES}... is ever moved")
    with _repository_lock(folders):
        _claim(folders, work, branch, token)
        _free_branch(folders, work, branch)
        _add(folders, work, ("-B", branch), start)
    reset_worktree(work, start)


def detached_worktree(folders: RepositoryFolders, path: Path, commit: str) -> WorkFolder:
    """Return a clean worktree of a commit without a branch, for landing and probing."""
    work = WorkFolder(path)
    with _repository_lock(folders):
        _claim(folders, work, None, SCRATCH_TOKEN)
        _add(folders, work, ("--detach",), commit)
    reset_worktree(work, commit)
    return work


def reset_worktree(work: WorkFolder, start: str) -> None:
    """Let the worktree and its branch be exactly a commit: no change, no other file, nothing half done.

    What lies beside the worktree (environment, home) stays.

    Raises:
        LeaseLost: the worktree was removed or taken over.
    """
    git = WorktreeGit.of(work)
    check_object_id(start)
    git.clear_unfinished()
    _own_index(git, start)
    _point_head(git, start)
    fresh = [entry.name for entry in os.scandir(work.path)] == [".git"]
    # Not `reset --hard`: that moves whatever branch the agent has checked out, the feature branch perhaps.
    git.run("read-tree", "--reset", "-u", start)
    if not fresh:
        _clean(git)
        _empty_submodules(git)
    save_index(git.git_dir, git.git_dir / "index", start)
    show_commit(git, start)


def remove_worktree(folders: RepositoryFolders, work: WorkFolder) -> None:
    """Remove a worktree and everything beside it; its branch stays. Nothing there is fine."""
    # Renaming is instant, deleting is not: nobody waits for the lock while a large folder is deleted.
    with _repository_lock(folders):
        _forget(folders, work)
    _delete_forgotten(work)


def remove_run_worktrees(folders: RepositoryFolders, root: Path) -> None:
    """Remove every worktree of this repository directly below a folder, and the folder if nothing is left."""
    known = {tree.path for tree in worktrees(folders.common)}
    real = Path(os.path.realpath(root))
    found = {path for path in known if path.parent == real}
    for file in real.glob("*.lease"):  # also what was claimed and never made
        work = WorkFolder(file.with_suffix(""))
        lease = find_lease(work)
        if lease is not None and lease.common == str(folders.common):
            found.add(work.path)
    for path in sorted(found):
        remove_worktree(folders, WorkFolder(path))
    for draft in real.glob(".*.lease.*"):  # of a lease that was being written when its worker was killed
        delete(draft)
    if real.is_dir() and not any(real.iterdir()):
        real.rmdir()


def _repository_lock(folders: RepositoryFolders) -> FileLock:
    # Measured: of 48 parallel `worktree add` 23 failed without, and none with one lock per repository.
    return FileLock(folders.locks / "worktrees.lock", timeout=LOCK_SECONDS, poll_interval=LOOK_SECONDS)


def _claim(folders: RepositoryFolders, work: WorkFolder, branch: str | None, token: str) -> None:
    """Write the lease before anything else: what has a lease of ours beside it may be reset and removed."""
    lease = find_lease(work)
    mine = lease is not None and lease.common == str(folders.common)
    if not mine and os.path.lexists(work.path) and not _is_empty_folder(work.path):
        raise RepositoryUnusable(
            f"{work.path} is in the way: it is no worktree of this repository's runs",
            hint="Move it elsewhere, then `tasks resume`.",
        )
    write_lease(work, WorktreeLease(token, str(folders.common), branch))


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not any(path.iterdir())


def _add(folders: RepositoryFolders, work: WorkFolder, head: tuple[str, ...], start: str) -> None:
    if _is_whole(folders, work):
        return
    delete(work.path)
    _forget_entry(folders, work)
    # Twice --force: a half-made entry of a killed git is locked. Nobody else holds the branch: see above.
    options = ("--force", "--force", "--no-checkout", *(("--no-track",) if "-B" in head else ()))
    run_git(folders.top, "worktree", "add", *options, *head, str(work.path), check_object_id(start))


def _is_whole(folders: RepositoryFolders, work: WorkFolder) -> bool:
    git_dir = worktree_git_dir(folders.common, work.path)
    if git_dir is None or work.path.is_symlink() or not work.path.is_dir():
        return False
    return (
        all((git_dir / name).is_file() and (git_dir / name).stat().st_size for name in ("HEAD", "commondir"))
        and not (git_dir / "locked").exists()
    )


def _free_branch(folders: RepositoryFolders, work: WorkFolder, branch: str) -> None:
    ours, here = Path(os.path.realpath(work.path.parent)), Path(os.path.realpath(work.path))
    for tree in worktrees(folders.common):
        if tree.branch != branch or tree.path == here:
            continue
        if tree.path.parent != ours:
            raise RepositoryUnusable(
                f"the task branch {branch} is checked out in {tree.path}",
                hint=f"Let it go: git -C {tree.path} switch --detach",
            )
        _forget(folders, WorkFolder(tree.path))
        _delete_forgotten(WorkFolder(tree.path))


def _forget(folders: RepositoryFolders, work: WorkFolder) -> None:
    work.token_file.unlink(missing_ok=True)
    if os.path.lexists(work.path):
        work.path.rename(work.path.with_name(f"{work.path.name}.removed-{secrets.token_hex(4)}"))
    _forget_entry(folders, work)


def _forget_entry(folders: RepositoryFolders, work: WorkFolder) -> None:
    # Not `worktree prune`: it would also forget a worktree of the user's on a disk that is not mounted now.
    # Not `worktree remove`: a git that looks while it deletes finds half an entry and gives up.
    entry = worktree_git_dir(folders.common, work.path)
    if entry is not None:
        removed = folders.tasks / REMOVED
        removed.mkdir(parents=True, exist_ok=True)
        entry.rename(removed / f"{entry.name}.{secrets.token_hex(4)}")
        delete(removed)  # with what a process that was killed here has left
        with suppress(OSError):
            entry.parent.rmdir()  # as git does: only when it was the last


def _delete_forgotten(work: WorkFolder) -> None:
    for path in (*work.path.parent.glob(f"{work.path.name}.removed-*"), *work.neighbours()):
        delete(path)


def _own_index(git: WorktreeGit, start: str) -> None:
    """Put an index of ours in place of the agent's; without any, every file is written again."""
    saved = saved_indexes(git.git_dir)
    best = next((file for file in saved if file.name.endswith(start)), saved[-1] if saved else None)
    if best is None:
        (git.git_dir / "index").unlink(missing_ok=True)
    else:
        copy_index(best, git.git_dir / "index")


def _point_head(git: WorktreeGit, start: str) -> None:
    branch = git.lease.branch
    if branch is None:
        if not git.move_detached_head(start):
            git.run("update-ref", "--no-deref", "HEAD", start)
        return
    common = Path(git.lease.common)
    if branch_tip(common, branch) != start:
        update_ref(common, f"{BRANCH_PREFIX}{branch}", start, "tasks: start again")
    if not git.head_is(branch):
        git.run("symbolic-ref", "HEAD", f"{BRANCH_PREFIX}{branch}")


def _clean(git: WorktreeGit) -> None:
    command = ("clean", "-ffdxq")
    try:
        git.run(*command)
    except GitFailed:
        make_writable(git.work.path)
        git.run(*command)


def _empty_submodules(git: WorktreeGit) -> None:
    if not (git.work.path / ".gitmodules").exists():
        return
    for entry in git.run("ls-files", "--stage", "-z").out_bytes.split(b"\0"):
        if entry.startswith(_GITLINK):
            folder = git.work.path / os.fsdecode(entry.split(b"\t", 1)[1])
            for child in folder.iterdir() if folder.is_dir() and not folder.is_symlink() else ():
                delete(child)
