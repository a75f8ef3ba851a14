"""What can go wrong with processes beyond a command's own failure, which is a result and no error."""

from __future__ import annotations

from schemas.errors import TasksError


class CommandNotStarted(TasksError):
    """A command could not be started for a reason that lies outside of it: its working folder, the system."""


class SupervisorLost(TasksError):
    """The supervisor of a command died or hangs; what it supervised has been ended."""


class SurvivorsRemain(TasksError):
    """Processes of an earlier command cannot be ended; the message holds their pids."""


class ShortCommandFailed(TasksError):
    """A short command failed that was expected to succeed; the message holds what it printed on stderr."""
