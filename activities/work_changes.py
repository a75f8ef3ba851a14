"""What an attempt changed in its worktree, path by path."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from activities.file_scope import in_scope, is_declared, is_named
from activities.private_repository import has_own_commits
from activities.worktree_git import WorktreeGit
from planner.machine.git_status import STATUS_COMMAND, StatusEntry, parse_status
from planner.machine.work_folder import WorkFolder

# Empty files that mean something; other new empty ones may be what a sandbox put in place of a file it hides.
MEANT_TO_BE_EMPTY = frozenset({"__init__.py", "py.typed", ".gitkeep", ".keep", ".nojekyll"})
MOST_IGNORED_NAMES = 100


@dataclass(frozen=True, slots=True)
class ChangedPath:
    """A path that differs from the base; bytes of its name that are not UTF-8 are escaped as Python does."""

    path: str
    status: str
    """One of A (added), M (modified), D (deleted) and T (type changed)."""
    in_scope: bool
    declared: bool = False
    """Whether a pattern narrower than the whole tree names it."""
    empty: bool = False
    symlink: bool = False
    ignored: bool = False
    """Whether .gitignore leaves it out; only listed because the task names it."""
    nested_repository: bool = False
    """Whether it is a whole repository, of which a commit could only hold a broken link."""

    @property
    def shown(self) -> str:
        """Return the name as text that can be printed and sent."""
        return os.fsencode(self.path).decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference of a worktree to its base; `own_commits` says that the agent has committed by itself."""

    paths: tuple[ChangedPath, ...]
    ignored: tuple[str, ...] = ()
    """The first ignored files and folders: not part of the work, but somebody may miss them."""
    own_commits: bool = False

    def to_commit(self, *, keep_empty: bool = False) -> tuple[str, ...]:
        """Return the paths that belong into the commit.

        A new empty file only counts if the scope declares it or it is a usual marker, unless `keep_empty`:
        some agents leave a dozen empty `.env`, `package.json` and the like behind.
        """
        return tuple(changed.path for changed in self.paths if _belongs(changed, keep_empty=keep_empty))

    def left_out(self, *, keep_empty: bool = False) -> tuple[str, ...]:
        """Return the paths that do not belong into the commit, in a form that can be shown."""
        return tuple(changed.shown for changed in self.paths if not _belongs(changed, keep_empty=keep_empty))


def collect_changes(
    work: WorkFolder, base: str, includes: Sequence[str] = (), excludes: Sequence[str] = ()
) -> Changes:
    """Return how the worktree differs from the base, whether or not the agent committed it or hid it.

    Args:
        work: the worktree.
        base: the commit the attempt started from.
        includes: the patterns of the task's scope; none is the whole tree.
        excludes: what the task must not touch.

    Raises:
        LeaseLost: the worktree was removed or taken over.
    """
    git = WorktreeGit.of(work)
    options = (*STATUS_COMMAND, "--untracked-files=all", "--ignored=matching")
    output = git.run(*options, index=git.index_of(base)).out_bytes
    entries = parse_status(output)
    changed = _changed(work.path, entries, includes, excludes)
    ignored = (entry.path for entry in entries if entry.worktree == "!")
    shown = tuple(ChangedPath(path, "A", in_scope=False).shown for path in ignored)
    return Changes(tuple(changed), shown[:MOST_IGNORED_NAMES], _has_own_commits(git, base))


def _changed(
    top: Path, entries: Sequence[StatusEntry], includes: Sequence[str], excludes: Sequence[str]
) -> Iterator[ChangedPath]:
    for entry in entries:
        # The first letter compares HEAD with the index: HEAD may be anywhere, the index is the base.
        if entry.worktree == "." or (entry.worktree == "!" and not is_named(entry.path, includes)):
            continue
        path = entry.path.rstrip("/")
        mode, size = _mode_and_size(top / path)
        new = entry.worktree in "?!"
        yield ChangedPath(
            path,
            "A" if new else entry.worktree,
            in_scope=in_scope(path, includes, excludes),
            declared=is_declared(path, includes),
            empty=new and stat.S_ISREG(mode) and size == 0,
            symlink=stat.S_ISLNK(mode),
            ignored=entry.worktree == "!",
            nested_repository=new and stat.S_ISDIR(mode),
        )


def _belongs(changed: ChangedPath, *, keep_empty: bool) -> bool:
    if not changed.in_scope or changed.nested_repository:
        return False
    meant = changed.declared or PurePosixPath(changed.path).name in MEANT_TO_BE_EMPTY
    return not changed.empty or keep_empty or meant


def _mode_and_size(path: Path) -> tuple[int, int]:
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return 0, 0
    return found.st_mode, found.st_size


def _has_own_commits(git: WorktreeGit, base: str) -> bool:
    branch = git.lease.branch
    return branch is None or has_own_commits(git.work, branch, base)
