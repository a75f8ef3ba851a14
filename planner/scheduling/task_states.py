"""The ten states of a task and the only way from one to the next (seed 001, state_management)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class TransitionRefused(ValueError):
    """An event does not fit the state that its task is in."""


class TaskState(StrEnum):
    """Where a task stands. Waiting for a person is `paused`."""

    BLOCKED = "blocked"
    READY = "ready"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    RUNNING = "running"
    PAUSED = "paused"
    CHECKPOINTED = "checkpointed"
    COMPLETED = "completed"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"

    @property
    def code(self) -> int:
        """Return the state's number, its place in `STATES`."""
        return _CODES[self]


STATES = tuple(TaskState)
LETTERS = "brqaxpkcfo"
"""One letter for each state, in the order of `STATES`, for compact dumps."""
_CODES = {state: code for code, state in enumerate(STATES)}

ACTIVE = frozenset(
    {TaskState.QUEUED, TaskState.ASSIGNED, TaskState.RUNNING, TaskState.PAUSED, TaskState.CHECKPOINTED}
)
"""The states in which a task holds its resources, and all but `paused` its slot."""

FAILED_STATES = frozenset({TaskState.FAILED, TaskState.ROLLED_BACK})
"""The states in which a task blocks what depends on it, unless it was skipped."""

_ENDED = {TaskState.COMPLETED, TaskState.FAILED}

TRANSITIONS: Mapping[TaskState, frozenset[TaskState]] = {
    # A task that has not started fails only by being skipped.
    TaskState.BLOCKED: frozenset({TaskState.READY, TaskState.FAILED}),
    TaskState.READY: frozenset({TaskState.QUEUED, TaskState.RUNNING, TaskState.FAILED}),
    # Who reports may leave out states that passed quickly: any active state may follow any other.
    **{state: frozenset((ACTIVE | _ENDED) - {state}) for state in ACTIVE},
    TaskState.COMPLETED: frozenset(),
    TaskState.FAILED: frozenset({TaskState.READY, TaskState.ROLLED_BACK}),
    TaskState.ROLLED_BACK: frozenset({TaskState.READY}),
}


def check_transition(task_id: str, before: TaskState, after: TaskState) -> None:
    """Refuse a change that the table does not have.

    Raises:
        TransitionRefused: naming the task and both states.
    """
    if after not in TRANSITIONS[before]:
        message = f"task {task_id} is {before} and cannot become {after}"
        raise TransitionRefused(message)
