"""Run git on a worktree in which anybody may have changed anything, `.git` and the index included.

Git is told where its folder is and works on an index of ours. An index of the agent's could hide changes
(`--assume-unchanged`), and one of ours keeps the file times, so that nothing is hashed twice. What the
disk can do is looked up and not believed: a configuration that was copied from another system would make
git overlook executable bits, or a `readme` beside a `README`.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from activities.atomic_files import write_atomically
from activities.git_commands import GitAnswer
from activities.saved_indexes import saved_index, saved_indexes
from activities.worktree_call import LONG_SECONDS, WorktreeCall, disk_settings
from activities.worktree_files import delete
from activities.worktree_lease import WorktreeLease, read_lease
from planner.machine.git_filters import missing_filters, names_a_filter, switched_off
from planner.machine.git_reader import check_object_id, is_object_id
from planner.machine.work_folder import WorkFolder
from schemas.errors import GitFailed, LeaseLost

SHOWN_REFS_FILE = "tasks-shown-refs"
_WITHOUT_FILTERS = "tasks-without-filters"
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
    disk: tuple[str, ...]
    """See `disk_settings`."""

    @classmethod
    def of(cls, work: WorkFolder) -> Self:
        """Return the git of a leased worktree.

        Raises:
            LeaseLost: the worktree was given back, removed or taken over.
        """
        lease = read_lease(work)
        if work.path.is_symlink():
            raise LeaseLost(f"{work.path} was replaced by a link: it is no worktree of ours any more")
        return cls(work, lease, lease.git_dir(work), disk_settings(work.token_file))

    def run(
        self,
        *arguments: str,
        index: Path | None = None,
        input_data: bytes | None = None,
        timeout_seconds: float = LONG_SECONDS,
        ok: Collection[int] = (0,),
    ) -> GitAnswer:
        """Run git in the worktree, on its index or on another one.

        A filter of the user's whose program is not installed is left out: its files stay as they are stored.
        """
        call = WorktreeCall(
            arguments, index or self.git_dir / "index", input_data, timeout_seconds, tuple(ok)
        )
        known = self.without_filters()
        try:
            return self.call(call, known)
        except GitFailed as error:
            missing = () if known else self.notice_missing_filters(error)
            if not missing:
                raise
            return self.call(call, missing)

    def head_is(self, branch: str) -> bool:
        """Return whether HEAD is on the branch."""
        return (self.git_dir / "HEAD").read_bytes().strip() == f"ref: refs/heads/{branch}".encode()

    def move_detached_head(self, commit: str) -> bool:
        """Let a HEAD that is on no branch be at a commit; False if it is no such HEAD in a file."""
        head = self.git_dir / "HEAD"
        if head.is_symlink() or not is_object_id(head.read_text("ascii", "replace").strip()):
            return False
        mode = stat.S_IMODE(head.stat().st_mode)
        write_atomically(head, f"{check_object_id(commit)}\n".encode(), mode)
        return True

    def index_of(self, commit: str) -> Path:
        """Return a file with the index of a commit, free of the agent's marks; it must not be changed."""
        saved = saved_index(self.git_dir, commit)
        if not saved.exists():
            draft = saved.with_name("tasks-draft-index")
            draft.unlink(missing_ok=True)
            if known := saved_indexes(self.git_dir):
                shutil.copy2(known[-1], draft)  # read-tree -m keeps the file times of what is equal
            self.run("read-tree", "-m", commit, index=draft)
            draft.replace(saved)
        return saved

    def clear_unfinished(self) -> None:
        """Forget what was begun in the worktree, and what git could not do in it."""
        for name in (*_LEFT_BEHIND, _WITHOUT_FILTERS, SHOWN_REFS_FILE):
            delete(self.git_dir / name)

    def without_filters(self) -> tuple[str, ...]:
        """Return the filters that git has to do without here: their programs are not installed."""
        try:
            return tuple((self.git_dir / _WITHOUT_FILTERS).read_text().splitlines())
        except FileNotFoundError:
            return ()

    def notice_missing_filters(self, error: GitFailed) -> tuple[str, ...]:
        """Return the filters because of which git may have failed; from now on it does without them."""
        missing = missing_filters(Path(self.lease.common)) if names_a_filter(error) else ()
        if missing:
            (self.git_dir / _WITHOUT_FILTERS).write_text("\n".join(missing))
        return missing

    def call(self, call: WorktreeCall, without: tuple[str, ...] = ()) -> GitAnswer:
        """Run git without these filters."""
        return call.run(self.work.path, self.git_dir, (*self.disk, *switched_off(without)))
