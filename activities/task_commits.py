"""What our commits say: subjects for people, and the trailers from which a run is resumed (design 7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

RUN, TASK, ATTEMPT, CONTENT = "Tasks-Run", "Tasks-Task", "Tasks-Attempt", "Tasks-Content"


@dataclass(frozen=True, slots=True)
class TaskTrailers:
    """Which attempt of which task made a commit; `content` is its `work_content`."""

    run_id: str
    task_id: str
    attempt: int
    content: str

    @classmethod
    def read(cls, trailers: Mapping[str, str]) -> Self | None:
        """Return what the trailers of a commit say, None if they are not all there."""
        try:
            return cls(trailers[RUN], trailers[TASK], int(trailers[ATTEMPT]), trailers[CONTENT])
        except (KeyError, ValueError):
            return None

    def lines(self) -> str:
        """Return the trailers as the last paragraph of a message."""
        values = ((RUN, self.run_id), (TASK, self.task_id), (ATTEMPT, self.attempt), (CONTENT, self.content))
        return "".join(f"{key}: {value}\n" for key, value in values)


def work_message(title: str, trailers: TaskTrailers) -> str:
    """Return the message of the commit that holds a task's work."""
    return f"{trailers.task_id}: {_one_line(title)}\n\n{trailers.lines()}"


def landing_message(title: str, trailers: TaskTrailers) -> str:
    """Return the message of the merge that lands a task."""
    return f"Land {trailers.task_id}: {_one_line(title)}\n\n{trailers.lines()}"


def _one_line(title: str) -> str:
    # A line break in a title could add trailers of its own.
    return " ".join(title.split()) or "untitled"
