"""Run git on a worktree in which anybody may have changed anything, `.git` and the index included.

Git is told where its folder is and works on an index of ours. An index of the agent's could hide changes
(`--assume-unchanged`), and one of ours keeps the file times, so that nothing is hashed twice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from activities.git_commands import GitAnswer, run_git
from activities.worktree_lease import WorktreeLease, read_lease
from planner.machine.git_reader import check_object_id
from planner.machine.work_folder import WorkFolder

_SAVED = "tasks-index-"
# What an unfinished merge, rebase or bisect leaves, and the locks of a git that was killed.
_LEFT_BEHIND = (
    "index.lock",
    "HEAD.lock",
    "MERGE_HEAD",
    "MERGE_MSG",
    "MERGE_MODE",
    "MERGE_RR",
    "AUTO_MERGE",
    "SQUASH_MSG",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "BISECT_LOG",
    "BISECT_START",
    "BISECT_NAMES",
    "BISECT_TERMS",
    "BISECT_EXPECTED_REV",
    "BISECT_ANCESTORS_OK",
    "rebase-merge",
    "rebase-apply",
    "sequencer",
)


@dataclass(frozen=True, slots=True)
class WorktreeGit:
    """A leased worktree together with git's own folder for it."""

    work: WorkFolder
    lease: WorktreeLease
    git_dir: Path

    @classmethod
    def of(cls, work: WorkFolder) -> Self:
        """Return the git of a leased worktree.

        Raises:
            LeaseLost: the worktree was given back, removed or taken over.
        """
        lease = read_lease(work)
        return cls(work, lease, lease.git_dir(work))

    def run(
        self,
        *arguments: str,
        index: Path | None = None,
        input_data: bytes | None = None,
        timeout_seconds: float = 600.0,
        ok: Collection[int] = (0,),
    ) -> GitAnswer:
        """Run git in the worktree, on its index or on another one."""
        environment = {
            "GIT_DIR": str(self.git_dir),
            "GIT_WORK_TREE": str(self.work.path),
            "GIT_INDEX_FILE": str(index or self.git_dir / "index"),
            "GIT_OPTIONAL_LOCKS": "0",
        }
        return run_git(
            self.work.path,
            *arguments,
            input_data=input_data,
            environment=environment,
            timeout_seconds=timeout_seconds,
            ok=ok,
        )

    def head_is(self, branch: str | None) -> bool:
        """Return whether HEAD is on the branch; None asks for no branch at all."""
        head = (self.git_dir / "HEAD").read_bytes().strip()
        return (
            not head.startswith(b"ref:") if branch is None else head == f"ref: refs/heads/{branch}".encode()
        )

    def index_of(self, commit: str) -> Path:
        """Return a file with the index of a commit, free of the agent's marks; it must not be changed."""
        saved = self.git_dir / f"{_SAVED}{check_object_id(commit)}"
        if not saved.exists():
            draft = saved.with_name("tasks-draft-index")
            draft.unlink(missing_ok=True)
            if known := self.saved_indexes():
                shutil.copy2(known[-1], draft)  # read-tree -m keeps the file times of what is equal
            self.run("read-tree", "-m", commit, index=draft)
            draft.replace(saved)
        return saved

    def save_index(self, index: Path, commit: str) -> None:
        """Keep an index as the one of a commit and forget the others."""
        saved = self.git_dir / f"{_SAVED}{check_object_id(commit)}"
        copy_index(index, saved)
        for other in self.saved_indexes():
            if other != saved:
                other.unlink()

    def saved_indexes(self) -> list[Path]:
        """Return the kept indexes, oldest first."""
        return sorted(self.git_dir.glob(f"{_SAVED}*"), key=lambda file: file.stat().st_mtime_ns)

    def clear_unfinished(self) -> None:
        """Forget what was begun in the worktree, and let its `.git` file point to where it belongs."""
        for name in _LEFT_BEHIND:
            delete(self.git_dir / name)
        pointer, wanted = self.work.path / ".git", f"gitdir: {self.git_dir}\n".encode()
        if pointer.is_symlink() or not pointer.is_file() or pointer.read_bytes() != wanted:
            delete(pointer)
            pointer.write_bytes(wanted)


def copy_index(source: Path, target: Path) -> None:
    """Copy an index at once, with its time.

    Git trusts a file that is older than the index without reading it: with a newer time, a change made in
    the second of the checkout would go unseen.
    """
    draft = target.with_name(f"{target.name}.copy")
    shutil.copy2(source, draft)
    draft.replace(target)


def delete(path: Path) -> None:
    """Delete a file or a whole folder, if it is there, also one that somebody made read-only."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    try:
        shutil.rmtree(path)
    except PermissionError:
        make_writable(path)
        shutil.rmtree(path)
    except FileNotFoundError:
        delete(path)  # somebody else deletes, too


def make_writable(folder: Path) -> None:
    """Allow the owner everything in a folder and below; module caches make their folders read-only."""
    folder.chmod(0o700)
    for parent, names, _ in os.walk(folder):
        for name in names:
            child = Path(parent, name)
            if not child.is_symlink():
                child.chmod(0o700)
