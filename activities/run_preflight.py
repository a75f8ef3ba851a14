"""Look at a repository before a run starts: say what would go wrong later, and what to do about it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from activities.kept_requests import remembered_branch
from activities.landing import refuse_checked_out
from activities.ref_updates import update_ref
from activities.task_commits import RUN
from planner.machine.git_call import call_git
from planner.machine.git_commits import first_parent_commits
from planner.machine.git_reader import (
    Identity,
    branch_tip,
    branches,
    dirty_files,
    identity,
    merge_base,
    resolve,
    unfinished_operation,
)
from planner.machine.git_worktrees import BRANCH_PREFIX, is_symbolic
from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders, check_run_id, open_repository
from schemas.errors import GitFailed, InvalidArguments, RepositoryUnusable

OLDEST_GIT = (2, 38)
SHOWN_FILES = 10
TASK_BRANCHES = "task"


@dataclass(frozen=True, slots=True)
class Preflight:
    """What a run may rely on, and what its user should know."""

    folders: RepositoryFolders
    base_commit: str
    identity: Identity
    warnings: tuple[str, ...] = ()


def check_repository(
    path: Path, base: str, branch: str, run_id: str, plan_folder: Path | None = None
) -> Preflight:
    """Return what a run needs to know of the repository; nothing is changed.

    Args:
        path: the repository, a folder in it or a linked worktree; HEAD means the HEAD of this checkout.
        base: the commit-ish that the feature branch begins at.
        branch: the feature branch.
        run_id: the run, whose own commits on the branch are welcome.
        plan_folder: where the plan is; lying in the checkout, it is no change of it.

    Raises:
        InvalidArguments: a name cannot be used.
        RepositoryUnusable: the state of the repository does not allow the run; the hint says what to do.
    """
    check_run_id(run_id)
    if check_ref_name(branch).startswith(f"{TASK_BRANCHES}/"):
        raise InvalidArguments(
            f"{branch} cannot be the feature branch: task/... is where the tasks' own branches are",
            hint="Choose another name with --branch.",
        )
    if branch.startswith("refs/"):
        raise InvalidArguments(
            f"{branch} cannot be the feature branch: git would make refs/heads/{branch} of it",
            hint=f"Write {branch.removeprefix('refs/').removeprefix('heads/')}.",
        )
    folders = open_repository(path)
    _check_version(path)
    _check_object_format(path)
    _check_unfinished(path)
    _check_commits(path)
    base_commit = resolve(path, base)
    _check_names(folders, branch)
    _check_symbolic(folders, branch)
    refuse_checked_out(folders, branch)
    _check_branch(folders, base_commit, branch, run_id)
    return Preflight(
        folders, base_commit, _check_identity(path), _dirty_warning(folders.top, base, plan_folder)
    )


def create_feature_branch(folders: RepositoryFolders, branch: str, base: str) -> str:
    """Let the feature branch exist, beginning at the base, and return its tip; one that exists stays put.

    Raises:
        GitFailed: git could not create it.
    """
    tip = branch_tip(folders.common, branch)
    if tip is not None:
        return tip
    try:
        update_ref(
            folders.common,
            f"{BRANCH_PREFIX}{check_ref_name(branch)}",
            base,
            "tasks: begin",
            expected="0" * len(base),
        )
    except GitFailed:
        tip = branch_tip(folders.common, branch)  # somebody else may have created it just now
        if tip is None:
            raise
        return tip
    return base


def _check_symbolic(folders: RepositoryFolders, branch: str) -> None:
    if is_symbolic(folders.common, f"{BRANCH_PREFIX}{branch}"):
        raise RepositoryUnusable(
            f"{branch} is only another name of a branch, so that no landing could be sure of where it is",
            hint=f"Name the branch itself with --branch: git symbolic-ref refs/heads/{branch} tells it.",
        )


def _check_version(path: Path) -> None:
    said = call_git(path, "version").out
    found = re.search(r"(\d+)\.(\d+)", said)
    if found and (int(found[1]), int(found[2])) < OLDEST_GIT:
        raise RepositoryUnusable(
            f"{said} is too old: merging without a checkout needs git 2.38", hint="Install a newer git."
        )


def _check_object_format(path: Path) -> None:
    used = call_git(path, "rev-parse", "--show-object-format").out
    if used != "sha1":
        raise RepositoryUnusable(
            f"{path} names its objects by {used}, which cannot be read yet",
            hint="git cannot convert it: git init --object-format=sha1 begins one that can be read.",
        )


def _check_commits(path: Path) -> None:
    newest = call_git(path, "rev-list", "-n", "1", "--all", ok=(0, 128))
    if newest.exit_code:
        raise RepositoryUnusable(
            f"git cannot read the commits of {path}: {newest.err.splitlines()[-1]}",
            hint="git fsck shows what is damaged; git fetch brings back what a remote has.",
        )
    if not newest.out:
        raise RepositoryUnusable(
            f"{path} has no commit yet, so there is nothing to start from",
            hint='git add . && git commit -m "Begin", and try again.',
        )


def _check_unfinished(path: Path) -> None:
    unfinished = unfinished_operation(path)
    if unfinished is not None:
        raise RepositoryUnusable(
            f"{path} is in the middle of a {unfinished}",
            hint=f"Finish it or give it up (git status says how), then try again: {_way_out(unfinished)}",
        )


def _way_out(operation: str) -> str:
    return "git bisect reset" if operation == "bisect" else f"git {operation} --continue or --abort"


def _check_names(folders: RepositoryFolders, branch: str) -> None:
    """Refuse what git could not store: a branch `feature` and a branch `feature/x` exclude each other."""
    existing = branches(folders.top)
    parts = branch.split("/")
    wanted = [*("/".join(parts[:count]) for count in range(1, len(parts))), TASK_BRANCHES]
    for name in wanted:
        if name in existing:
            raise RepositoryUnusable(
                f"the branch {name} is in the way: git cannot also have branches named {name}/...",
                hint=f"git branch -m {name} {name}-old"
                + ("" if name == TASK_BRANCHES else ", or choose another name with --branch"),
            )
    below = sorted(name for name in existing if name.startswith(f"{branch}/"))
    if below:
        raise RepositoryUnusable(
            f"the branch {below[0]} is in the way: git cannot also have a branch named {branch}",
            hint="Choose another name with --branch.",
        )


def _check_branch(folders: RepositoryFolders, base: str, branch: str, run_id: str) -> None:
    tip = branch_tip(folders.common, branch)
    if tip is None or tip == base:
        return
    shared = merge_base(folders.top, base, tip)
    if shared is None:
        raise RepositoryUnusable(
            f"{branch} exists and shares no history with the base", hint="Choose another name with --branch."
        )
    own = first_parent_commits(folders.common, shared, tip)
    if not own:
        raise RepositoryUnusable(
            f"{branch} exists and is behind the base {base[:12]}: the tasks would start from old code",
            hint=f"git branch -f {branch} {base[:12]}, or choose another name with --branch.",
        )
    runs = {logged.trailers.get(RUN) for logged in own}
    if run_id in runs or remembered_branch(folders, run_id) == branch:
        runs.discard(None)  # what a person committed to the branch of this run is welcome
    foreign = [logged for logged in own if logged.trailers.get(RUN) in runs - {run_id}]
    if foreign:
        subject = foreign[0].message.splitlines()[0] if foreign[0].message else ""
        other = next((run for run in sorted(filter(None, runs - {run_id}))), None)
        raise RepositoryUnusable(
            f"{branch} exists and has a commit that is not of this run: {foreign[0].commit[:12]} {subject}",
            hint="Choose another name with --branch"
            + (f", or go on with that run: {_going_on(other)}" if other else "."),
        )


def _going_on(run_id: str) -> str:
    return f"tasks resume {run_id}   (or, with this plan: --run-id {run_id} --resume)"


def _check_identity(path: Path) -> Identity:
    found = identity(path)
    if found is None:
        raise RepositoryUnusable(
            "git does not know who you are, so it cannot say who is the author of the commits",
            hint='git config --global user.name "Your Name"\ngit config --global user.email you@example.org',
        )
    return found


def _dirty_warning(top: Path, base: str, plan_folder: Path | None) -> tuple[str, ...]:
    dirty = [name for name in dirty_files(top) if plan_folder is None or top / name != plan_folder]
    if not dirty:
        return ()
    names = ", ".join(os.fsencode(name).decode("utf-8", "backslashreplace") for name in dirty[:SHOWN_FILES])
    more = f" and {len(dirty) - SHOWN_FILES} more" if len(dirty) > SHOWN_FILES else ""
    return (f"not committed, so not in the base {base} that the tasks start from: {names}{more}",)
