"""How a task is developed, and which files it may touch: additions to v3 (design 4.4)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.record import Record

RunExecutor = Literal["noop", "manual"]
"""What a whole run may be told: `noop` takes the place of every executor (a rehearsal), `manual` does what
has none."""

TaskReviewer = Literal["checks", "human"]
"""Who reviews: `checks` alone, or a person after them."""


class TaskExecution(Record):
    """Who develops a task and with what; exactly the fields of that executor are set."""

    executor: Literal["command", "patch", "codemod", "manual", "agent", "noop"]
    argv: tuple[str, ...] | None = None
    script: str | None = None
    patch: str | None = None
    env_pass: tuple[str, ...] = ()
    network: bool | None = None
    timeout_minutes: Annotated[float, Field(gt=0)] | None = None


class FileScope(Record):
    """The files a task reads, changes and makes, as globs from the repository's root."""

    read: tuple[str, ...] = ()
    modify: tuple[str, ...] = ()
    create: tuple[str, ...] = ()
