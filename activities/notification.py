"""Asking a person: the words, and the user's notification command, which is never in the way of the task."""

from __future__ import annotations

import asyncio
import os

from activities.task_frame import TaskFrame
from planner.machine.processes import run_short
from schemas.execution import WaitingFor

NOTIFY_SECONDS = 20.0
SHOWN_CHARACTERS = 200
SHORT_ID = 12


async def ask_for_work(frame: TaskFrame, worktree: str, notes: tuple[str, ...]) -> str:
    """Tell the user that a task waits for his work, and return the words."""
    run, said = frame.attempt.run, "".join(f"; {note}" for note in notes)
    words = f"waits for your work in {worktree}{said}; then `tasks done {run.run_id} {frame.task.id}`"
    return await _ask(frame, "work", words)


async def ask_for_review(frame: TaskFrame, base: str, commit: str) -> str:
    """Tell the user that a task waits for his review, and return the words."""
    run, task = frame.attempt.run, frame.task.id
    words = (
        f"waits for your review: `git -C {run.repository.path} diff {base[:SHORT_ID]} {commit[:SHORT_ID]}`, "
        f"then `tasks approve {run.run_id} {task}` or `tasks reject {run.run_id} {task} --reason WHY`"
    )
    return await _ask(frame, "review", words)


async def _ask(frame: TaskFrame, waiting_for: WaitingFor, words: str) -> str:
    command = frame.attempt.run.notify
    if not command:
        return words
    problem = await asyncio.to_thread(_notify, frame, command, waiting_for, words)
    return f"{words} ({problem})" if problem else words


def _notify(frame: TaskFrame, command: str, waiting_for: WaitingFor, words: str) -> str | None:
    """Run the command by `sh -c` in the repository; return what went wrong.

    It has the worker's whole environment, since it is the user's own and not the plan's, and finds
    TASKS_RUN_ID, TASKS_TASK_ID, TASKS_WAITING_FOR (`work` or `review`) and TASKS_MESSAGE.
    """
    environment = {
        **os.environ,
        "TASKS_RUN_ID": frame.attempt.run.run_id,
        "TASKS_TASK_ID": frame.task.id,
        "TASKS_WAITING_FOR": waiting_for,
        "TASKS_MESSAGE": words,
    }
    argv = ("sh", "-c", command)
    result = run_short(argv, frame.folders.top, environment, timeout_seconds=NOTIFY_SECONDS)
    if result.ok:
        return None
    ending = f"took more than {NOTIFY_SECONDS:g} s" if result.timed_out else f"exit code {result.exit_code}"
    said = result.stderr.decode("utf-8", "replace").strip()[:SHOWN_CHARACTERS]
    return f"the notification command failed: {ending} {said}".rstrip()
