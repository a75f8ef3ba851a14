"""The boundaries of a task and the guidance for whoever does it (seed 001)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.record import Record


class ExpectedComplexity(Record):
    """How large the change is expected to be, in something countable."""

    value: Annotated[str, Field(min_length=1)]
    breakdown: str = ""


class DefinitionOfDone(Record):
    """When a task is done, and when to stop."""

    criteria: tuple[str, ...]
    stop_when: str = ""


class Scope(Record):
    """What a task may touch: `includes` are globs from the repository's root.

    `allows_tests` is set where the scope was read off the files that the text names: whoever changes one of
    them may write tests for it too.
    """

    includes: tuple[str, ...]
    excludes: tuple[str, ...] = ()
    restrictions: str = ""
    allows_tests: bool | None = None


class Boundaries(Record):
    """The limits of a task."""

    expected_complexity: ExpectedComplexity
    definition_of_done: DefinitionOfDone
    scope: Scope


class LoggingGuidance(Record):
    """What the executor logs, and when."""

    on_start: str
    on_progress: str
    on_completion: str
    log_format: str


class CheckpointEvent(Record):
    """A point of progress at which the state of the work is kept."""

    at: Annotated[str, Field(pattern=r"^\d{1,3}%$")]
    name: str
    rollback_capable: bool = True


class MonitoringGuidance(Record):
    """How a task is watched while it runs."""

    heartbeat_interval_seconds: Annotated[int, Field(ge=1)] = 30
    progress_reporting: str = "percentage_and_checkpoint"
    resource_usage_reporting: bool = True
    checkpoint_events: tuple[CheckpointEvent, ...] = ()


class ExecutionGuidance(Record):
    """Instructions for the executor of a task."""

    logging: LoggingGuidance
    checkpoints: tuple[str, ...] = ()
    monitoring: MonitoringGuidance | None = None
