"""What a reviewer looks at: the change of a task, file by file, and what was left out of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from schemas.tasks import Task

BINARY_SAMPLE = 8000


@dataclass(frozen=True)
class FileChange:
    """One file of the committed change; bytes of its name that are not UTF-8 are escaped as Python does."""

    path: str
    status: str
    """One of A (added), M (modified), D (deleted) and T (of another type than before)."""
    before: bytes | None
    after: bytes | None
    mode_before: int | None = None
    mode_after: int | None = None

    @cached_property
    def is_binary(self) -> bool:
        """Return whether the file holds bytes that are no text."""
        return any(b"\0" in (content or b"")[:BINARY_SAMPLE] for content in (self.before, self.after))

    @cached_property
    def old_lines(self) -> list[str]:
        """Return the lines before the change; none of a binary or new file."""
        return self._lines(self.before)

    @cached_property
    def new_lines(self) -> list[str]:
        """Return the lines after the change; none of a binary or deleted file."""
        return self._lines(self.after)

    def _lines(self, content: bytes | None) -> list[str]:
        return [] if self.is_binary else (content or b"").decode("utf-8", "replace").splitlines()


@dataclass(frozen=True, slots=True)
class ReviewedChange:
    """The committed change of one attempt."""

    task: Task
    files: tuple[FileChange, ...]
    left_out: tuple[str, ...] = ()
    """What differed in the worktree and was not committed, without new empty files."""
    includes: tuple[str, ...] = ()
    """The patterns of the task's scope; none is the whole tree."""
    excludes: tuple[str, ...] = ()
    already_done: bool = False
    """Whether the executor proved that the base holds the change already."""
    executor: str | None = None
    """The executor of the whole run, if one took the place of the tasks' own."""


@dataclass(frozen=True, slots=True)
class ReviewLimits:
    """The largest change that a review lets through."""

    changed_lines: int = 2000
    binary_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a review rule found: it rejects the change, or is only noted."""

    message: str
    rejects: bool = True
