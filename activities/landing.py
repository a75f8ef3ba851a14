"""Bring an accepted commit onto the feature branch: merge without a checkout, move by compare-and-swap."""

from __future__ import annotations

import os
from dataclasses import dataclass

from activities.commit_objects import write_commit
from activities.git_commands import run_git
from activities.ref_updates import RefMove, update_refs
from activities.task_commits import CONTENT, RUN, TASK
from planner.machine.git_commits import first_parent_commits
from planner.machine.git_reader import Identity, branch_tip, check_object_id, read_file
from planner.machine.git_worktrees import BRANCH_PREFIX, worktrees
from planner.machine.ref_names import check_ref_name
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import FeatureBranchCheckedOut, GitFailed

SHOWN_FILES, SHOWN_LINES, SHOWN_CHARACTERS = 3, 60, 6000
_BEGIN, _END = "<<<<<<< ", ">>>>>>> "


@dataclass(frozen=True, slots=True)
class MergeCandidate:
    """A merge that no branch points to yet."""

    commit: str
    tree: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a merge is not possible: the files, and what a developer needs to see of them."""

    files: tuple[str, ...]
    excerpt: str


def merge_candidate(
    folders: RepositoryFolders, tip: str, commit: str, message: str, author: Identity
) -> MergeCandidate | Conflict:
    """Merge a commit into the tip of the feature branch, always as a merge with two parents, tip first.

    Raises:
        GitFailed: the two cannot be merged at all, for example without a common history.
    """
    names = (check_object_id(tip), check_object_id(commit))
    answer = run_git(folders.top, "merge-tree", "--write-tree", "--name-only", "-z", *names, ok=(0, 1))
    tree, _, rest = os.fsdecode(answer.out_bytes).partition("\0")
    if answer.exit_code == 1:
        return _conflict(folders, tree, rest)
    return MergeCandidate(write_commit(folders.common, tree, names, message, author), tree)


def move_branch(
    folders: RepositoryFolders, branch: str, new: str, expected_old: str, *with_it: RefMove
) -> bool:
    """Move the feature branch if it is where it was expected, and return whether it is at the new commit.

    False: somebody else moved it. Run again after it has moved, it returns True.

    Args:
        folders: the repository.
        branch: the feature branch.
        new: where it is to be.
        expected_old: where it has to be now.
        with_it: refs that move if it does, in one step, unless somebody holds one of them locked.

    Raises:
        FeatureBranchCheckedOut: a worktree has the branch checked out; nothing was moved.
        GitFailed: git could not move it.
    """
    refuse_checked_out(folders, branch)
    try:
        landing = RefMove(f"{BRANCH_PREFIX}{check_ref_name(branch)}", new, expected_old)
        update_refs(folders.common, "tasks: land", landing, *with_it)  # the branch first, see `intact_tip`
    except GitFailed:
        tip = branch_tip(folders.common, branch)
        if tip != expected_old:
            return tip == new
        if not with_it:
            raise
        return move_branch(folders, branch, new, expected_old)  # what goes with it must not hold it up
    return True


def already_landed(
    folders: RepositoryFolders, branch: str, base: str, run_id: str, task_id: str, content: str
) -> str | None:
    """Return the merge that landed this very content of a task in this run, None if there is none.

    It makes landing safe to repeat after a crash between moving the branch and answering.
    """
    tip = branch_tip(folders.common, branch)
    if tip is None:
        return None
    wanted = {RUN: run_id, TASK: task_id, CONTENT: content}
    for logged in first_parent_commits(folders.common, base, tip):
        if len(logged.parents) > 1 and wanted.items() <= logged.trailers.items():
            return logged.commit
    return None


def refuse_checked_out(folders: RepositoryFolders, branch: str) -> None:
    """Return if no worktree holds the branch.

    Raises:
        FeatureBranchCheckedOut: one does, be it in the middle of a rebase.
    """
    for tree in worktrees(folders.common):
        if tree.branch == branch:
            raise FeatureBranchCheckedOut(
                f"{branch} is checked out in {tree.path}: landing there would move it under your files",
                hint=f"git -C {tree.path} switch --detach   (or switch to another branch), then go on",
            )


def _conflict(folders: RepositoryFolders, tree: str, rest: str) -> Conflict:
    names, _, notes = rest.partition("\0\0")
    files = tuple(dict.fromkeys(name for name in names.split("\0") if name))
    parts = [_messages(notes)]
    parts += [_conflict_marks(folders, tree, name) for name in files[:SHOWN_FILES]]
    shown = "\n\n".join(part for part in parts if part)[:SHOWN_CHARACTERS]
    return Conflict(tuple(_printable(name) for name in files), _printable(shown))


def _messages(notes: str) -> str:
    """Return git's sentences; each comes as count of paths, the paths, a kind, the sentence."""
    fields, found = notes.split("\0"), []
    while fields and fields[0].isdigit():
        sentence = int(fields[0]) + 2
        found += fields[sentence : sentence + 1]
        fields = fields[sentence + 1 :]
    return "\n".join(line.rstrip("\n") for line in found if line.startswith("CONFLICT"))


def _conflict_marks(folders: RepositoryFolders, tree: str, name: str) -> str:
    content = read_file(folders.top, tree, name)
    if content is None or b"\0" in content:
        return ""
    shown, inside = [f"--- {name}"], False
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        inside = inside or line.startswith(_BEGIN)
        if inside:
            shown.append(f"{number}: {line}")
        inside = inside and not line.startswith(_END)
    return "\n".join(shown[:SHOWN_LINES]) if len(shown) > 1 else ""


def _printable(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "backslashreplace")
