"""Which files of a codebase were changed together, from its git history."""

from __future__ import annotations

import os
from pathlib import Path

from planner.machine.git_call import call_git
from schemas.errors import GitFailed

MOST_COMMITS = 2_000
MOST_FILES = 30  # a commit that changes more is a reformatting or a move, and says nothing
SECONDS = 20.0
COMMIT = "\x01"
# What a partial clone did not fetch stays where it is: a survey does not go into the network.
LOCAL = {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}


def read_co_changes(root: Path) -> tuple[tuple[str, ...], ...]:
    """Return the files of each of the last commits that changed more than one; none without a history."""
    options = ("--no-merges", "--no-renames", "--name-only", "--relative", "-z", f"--format=format:{COMMIT}")
    try:
        answer = call_git(
            root, "log", f"--max-count={MOST_COMMITS}", *options, environment=LOCAL, timeout_seconds=SECONDS
        )
    except GitFailed:
        return ()  # no repository, no commit yet, or one that git does not open for us
    commits = os.fsdecode(answer.out_bytes).split(COMMIT)
    changed = (tuple(name for name in commit.lstrip("\n\0").split("\0") if name) for commit in commits)
    return tuple(names for names in changed if 1 < len(names) <= MOST_FILES)
