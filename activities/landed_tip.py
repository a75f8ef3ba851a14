"""Where a run left its feature branch: what has landed must still be there when the next task begins."""

from __future__ import annotations

from activities.ref_updates import RefMove, update_refs
from planner.machine.git_reader import branch_tip, is_ancestor, ref_commit
from planner.machine.repository_folders import RepositoryFolders, check_run_id
from schemas.errors import RepositoryUnusable


def tip_to_remember(run_id: str, commit: str) -> RefMove:
    """Return what remembers a commit as the run's last tip; as a ref, it also keeps the landings alive."""
    return RefMove(_ref(run_id), commit)


def remember_tip(folders: RepositoryFolders, run_id: str, commit: str) -> None:
    """Remember a commit as the last tip of the run."""
    update_refs(folders.common, "tasks: tip of the feature branch", tip_to_remember(run_id, commit))


def remembered_tip(folders: RepositoryFolders, run_id: str) -> str | None:
    """Return the last tip of the run, None if it never began here."""
    return ref_commit(folders.common, _ref(run_id))


def intact_tip(folders: RepositoryFolders, run_id: str, branch: str) -> str:
    """Return the tip of the feature branch, which may hold more than the run has landed, but not less.

    Raises:
        RepositoryUnusable: somebody removed the branch, moved it back or rewrote it.
    """
    # In this order: a landing moves the branch first, so that a tip read second holds all that is remembered.
    last = remembered_tip(folders, run_id)
    tip = branch_tip(folders.common, branch)
    if tip is None:
        again = f"git branch {branch} {last}" if last else "see `git reflog` for its last commit"
        raise RepositoryUnusable(
            f"the feature branch {branch} is gone",
            hint=f"make it again: {again}; then: tasks resume {run_id}",
        )
    if last is None or last == tip or is_ancestor(folders.top, last, tip):
        return tip
    raise RepositoryUnusable(
        f"{branch} was moved back or rewritten: it has lost {last[:12]}, where this run left it",
        hint=f"put it back (git branch -f {branch} {last[:12]}) or leave it, then: tasks resume {run_id}",
    )


def _ref(run_id: str) -> str:
    # No task has an id that begins with an underscore, so no checkpoint needs this name as a folder.
    return f"refs/tasks/{check_run_id(run_id)}/_landed"
