"""Everything that can go wrong, in the user's words, each with its exit code (design 4.2)."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The exit codes of every `tasks` command: seed 001's nine, and 70 for a bug of ours."""

    SUCCESS = 0
    INVALID_ARGUMENTS = 1
    CODEBASE_ANALYSIS_FAILED = 2
    CYCLIC_DEPENDENCIES = 3
    RESOURCE_CONFLICT = 4
    PLAN_VALIDATION_FAILED = 5
    WORKER_POOL_UNAVAILABLE = 6
    FAILED_WITH_CHECKPOINT = 7
    FAILED_WITHOUT_CHECKPOINT = 8
    USER_ABORT = 9
    BUG = 70


class TasksError(Exception):
    """The base of all our errors: what was wrong and where, and as hint what to do next."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidArguments(TasksError):
    """An option, a document, a setting or a repository cannot be used as given."""

    exit_code = ExitCode.INVALID_ARGUMENTS


class CodebaseAnalysisFailed(TasksError):
    """The codebase cannot be read."""

    exit_code = ExitCode.CODEBASE_ANALYSIS_FAILED


class CyclicDependencies(TasksError):
    """Tasks wait for each other in a circle."""

    exit_code = ExitCode.CYCLIC_DEPENDENCIES


class ResourceConflictUnresolvable(TasksError):
    """A task needs more of a resource than there will ever be."""

    exit_code = ExitCode.RESOURCE_CONFLICT


class PlanValidationFailed(TasksError):
    """A plan breaks the schema or a hard-fail rule, or was changed after it was checked."""

    exit_code = ExitCode.PLAN_VALIDATION_FAILED


class WorkerPoolUnavailable(TasksError):
    """Temporal or the workers could not be reached or started."""

    exit_code = ExitCode.WORKER_POOL_UNAVAILABLE


class RunNotFound(InvalidArguments):
    """No run has this id."""


class RepositoryUnusable(InvalidArguments):
    """The repository's state does not allow the run to start; nothing was changed."""


class FeatureBranchCheckedOut(RepositoryUnusable):
    """Somebody has the feature branch checked out: moving it would show them a reversed difference.

    At the start it refuses the run; in the middle of one it pauses it.
    """


class ExecutionFailed(TasksError):
    """A run failed, and there is something to resume from."""

    exit_code = ExitCode.FAILED_WITH_CHECKPOINT


class ExecutionFailedWithoutCheckpoint(TasksError):
    """A run failed before anything was landed or kept."""

    exit_code = ExitCode.FAILED_WITHOUT_CHECKPOINT


class UserAbort(TasksError):
    """The user ended the command; a durable run goes on."""

    exit_code = ExitCode.USER_ABORT


class LeaseLost(TasksError):
    """A newer lease owns this worktree: whoever holds the old one must stop."""


class GitFailed(TasksError):
    """A git command failed; the message holds the command and what git said."""


class ContentFilterFailed(GitFailed):
    """A file cannot be stored as its attributes ask for, since the filter's program fails or is missing."""


class LandingMoved(TasksError):
    """The feature branch was moved by somebody else while a task was landing."""


def error_classes() -> dict[str, type[TasksError]]:
    """Return every error class by name: the name travels through Temporal as the error's type."""
    found: dict[str, type[TasksError]] = {}
    waiting: list[type[TasksError]] = [TasksError]
    while waiting:
        kind = waiting.pop()
        found[kind.__name__] = kind
        waiting.extend(kind.__subclasses__())
    return found
