"""Read a repository: commits, trees, branches and state. Nothing here changes a byte of it.

Objects are read through GitPython, always in `with` (an unclosed `Repo` leaves two processes behind); what
its object model answers slowly or only in part is asked of git itself, with arguments of known shape.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from git import Repo
from git.objects import Blob, Commit, Tree

from planner.machine.git_call import SAFE_SETTINGS, call_git, forget_inherited_repository
from planner.machine.git_filters import missing_filters, names_a_filter, switched_off
from planner.machine.git_status import STATUS_COMMAND, parse_status
from planner.machine.git_worktrees import BRANCH_PREFIX
from planner.machine.ref_names import check_ref_name
from schemas.errors import GitFailed, RepositoryUnusable

_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_IDENT = re.compile(r"(.+) <(.*)> \d+ [+-]\d{4}")
_UNFINISHED: Mapping[str, str] = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
_READ_ONLY: Mapping[str, str] = {"GIT_OPTIONAL_LOCKS": "0"}  # a status would else rewrite the user's index


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is the author of a commit."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class PathChange:
    """A path that differs between two commits; the status is one of A, M, D and T (type changed)."""

    path: str
    status: str


def resolve(folder: Path, name: str) -> str:
    """Return the full id of the commit that a name means.

    Raises:
        RepositoryUnusable: the name means no commit.
    """
    answer = None
    if name and not name.startswith("-") and "\n" not in name:
        answer = call_git(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", ok=(0, 1, 128))
    if answer is None or not is_object_id(answer.out):
        raise RepositoryUnusable(
            f"{name!r} is no commit of {folder}",
            hint="git branch --all and git log --oneline show what there is.",
        )
    return answer.out


def branch_tip(common: Path, branch: str) -> str | None:
    """Return the commit a branch points to, None if there is no such branch."""
    return ref_commit(common, f"{BRANCH_PREFIX}{branch}")


def ref_commit(common: Path, ref: str) -> str | None:
    """Return the commit a ref points to, given by its full name; None if there is no such ref."""
    check_ref_name(ref)
    try:
        loose = (common / ref).read_text().strip()
    except (OSError, UnicodeDecodeError):
        loose = ""
    if is_object_id(loose):  # the usual case costs no process
        return loose
    location = {"GIT_DIR": str(common)}
    return (
        call_git(common, "rev-parse", "--verify", "--quiet", ref, environment=location, ok=(0, 1)).out or None
    )


def branches(folder: Path) -> frozenset[str]:
    """Return the names of all local branches."""
    names = call_git(folder, "for-each-ref", "--format=%(refname)", BRANCH_PREFIX).out.split("\n")
    return frozenset(name.removeprefix(BRANCH_PREFIX) for name in names if name)


def identity(folder: Path) -> Identity | None:
    """Return who git would write as the author here, None if nobody configured it."""
    settings = (*SAFE_SETTINGS, "user.useConfigOnly=true")
    named = {name: value for name, value in os.environ.items() if name.startswith("GIT_AUTHOR_")}
    answer = call_git(folder, "var", "GIT_AUTHOR_IDENT", settings=settings, environment=named, ok=(0, 1, 128))
    match = _IDENT.fullmatch(answer.out) if answer.exit_code == 0 else None
    return Identity(match[1], match[2]) if match and match[2] else None


def unfinished_operation(folder: Path) -> str | None:
    """Return what was begun and not ended in this checkout: merge, rebase, cherry-pick, revert, bisect."""
    git_dir = Path(call_git(folder, "rev-parse", "--absolute-git-dir").out)
    return next((word for name, word in _UNFINISHED.items() if (git_dir / name).exists()), None)


def dirty_files(folder: Path) -> tuple[str, ...]:
    """Return the paths of this checkout that differ from its HEAD, those not tracked included."""
    status = (*STATUS_COMMAND, "--untracked-files=normal")
    try:
        answer = call_git(folder, *status, environment=_READ_ONLY)
    except GitFailed as error:
        missing = missing_filters(folder) if names_a_filter(error) else ()
        if not missing:
            raise
        settings = (*SAFE_SETTINGS, *switched_off(missing))
        answer = call_git(folder, *status, settings=settings, environment=_READ_ONLY)
    return tuple(entry.path for entry in parse_status(answer.out_bytes))


def changed_paths(folder: Path, base: str, commit: str) -> tuple[PathChange, ...]:
    """Return what differs between two commits; a rename is a deletion and an addition."""
    options = ("-r", "-z", "--no-renames", "--no-ext-diff", "--name-status")
    answer = call_git(folder, "diff-tree", *options, check_object_id(base), check_object_id(commit))
    parts = os.fsdecode(answer.out_bytes).split("\0")
    return tuple(PathChange(path, status) for status, path in zip(parts[::2], parts[1::2], strict=False))


def commit_times(folder: Path, commits: Sequence[str]) -> dict[str, int]:
    """Return when each commit was made, in seconds since 1970; a commit that is not there is left out."""
    names = [check_object_id(commit) for commit in commits]
    if not names:
        return {}
    options = ("--no-walk=unsorted", "--ignore-missing", "--timestamp")
    lines = call_git(folder, "rev-list", *options, *names).out.splitlines()
    return {commit: int(seconds) for seconds, commit in (line.split() for line in lines)}


def is_ancestor(folder: Path, ancestor: str, commit: str) -> bool:
    """Return whether one commit is contained in the history of another."""
    names = (check_object_id(ancestor), check_object_id(commit))
    return call_git(folder, "merge-base", "--is-ancestor", *names, ok=(0, 1)).exit_code == 0


def merge_base(folder: Path, first: str, second: str) -> str | None:
    """Return the newest commit that two histories share, None if they share none."""
    names = (check_object_id(first), check_object_id(second))
    return call_git(folder, "merge-base", *names, ok=(0, 1)).out or None


def read_files(folder: Path, treeish: str) -> dict[str, bytes]:
    """Return the files directly in the tree of a commit, by name."""
    with _open(folder) as repo:
        blobs = _tree(repo, treeish).blobs
        return {str(blob.name): blob.data_stream.read() for blob in blobs}


def read_file(folder: Path, treeish: str, path: str) -> bytes | None:
    """Return one file of a commit or tree, None if there is no such file."""
    with _open(folder) as repo:
        try:
            found = _tree(repo, treeish) / path
        except KeyError:
            return None
        return bytes(found.data_stream.read()) if isinstance(found, Blob) else None


def check_object_id(value: str) -> str:
    """Return a full object id unchanged; anything else could be an option or a range.

    Raises:
        GitFailed: the value is no full object id.
    """
    if not is_object_id(value):
        raise GitFailed(f"{value!r} is not a full commit id")
    return value


def is_object_id(value: str) -> bool:
    """Return whether the text is a full object id."""
    return _OBJECT_ID.fullmatch(value) is not None


def _open(folder: Path) -> Repo:
    forget_inherited_repository()
    return Repo(folder, search_parent_directories=True, expand_vars=False)


def _tree(repo: Repo, treeish: str) -> Tree:
    found = repo.rev_parse(check_object_id(treeish))
    if isinstance(found, Commit):
        return found.tree
    return Tree(repo, found.binsha, path="")  # a tree that no commit led to does not know that it is the top


def tracked_files(folder: Path, commit: str) -> tuple[str, ...]:
    """Return the paths of all files of a commit; bytes that are not UTF-8 are escaped as Python does."""
    answer = call_git(folder, "ls-tree", "-r", "-z", "--name-only", "--full-tree", check_object_id(commit))
    return tuple(os.fsdecode(name) for name in answer.out_bytes.split(b"\0") if name)
