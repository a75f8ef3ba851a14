"""A run in words: its status as a table, its end as a summary with the next command."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TextIO

from schemas.execution import Explanation, RunResult, RunStatus, TaskProgress, TaskStatus
from tasks_cli.printing import coloured, in_columns

SECONDS_PER_HOUR = 3600.0
SHOWN_NOTES = 3
SHOWN_EXCERPT = 10
ENDED = {"succeeded", "failed", "cancelled"}
PAUSED = "the run is paused"
INTEREST = {"failed": 1, "ready": 2, "blocked": 3, "completed": 4}
"""What is shown first when there is not room for all; whatever else a task is, it is at work."""


def duration_text(seconds: float) -> str:
    """Return seconds as a person says them: `8 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 1:
        return f"{seconds:.1f} s"
    if whole < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:  # noqa: PLR2004 - minutes in an hour
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def status_text(status: RunStatus) -> str:
    """Return a run's status as lines for stdout."""
    rows = [in_columns([_row(task) for task in status.tasks])] if status.tasks else []
    notes = _notes(status)
    return "\n".join([*_head(status, sys.stdout), *rows, *notes])


def live_text(status: RunStatus, height: int) -> str:
    """Return a run's status in at most `height` lines for stderr: of many tasks, those that tell the most."""
    notes = _notes(status)[-SHOWN_NOTES:]
    head = _head(status, sys.stderr)
    room = max(height - len(head) - len(notes), 2)
    if len(status.tasks) <= room:
        return "\n".join([*head, in_columns([_row(task) for task in status.tasks]), *notes])
    telling = sorted(status.tasks, key=lambda task: INTEREST.get(task.state, 0))
    chosen = {task.id for task in telling[: room - 1]}
    left_out = Counter(task.state for task in telling[room - 1 :])
    rows = in_columns([_row(task) for task in status.tasks if task.id in chosen])
    counts = ", ".join(f"{count} {state}" for state, count in left_out.items())
    return "\n".join([*head, rows, f"  and {left_out.total()} more: {counts}", *notes])


def at_work(task: TaskStatus, progress: TaskProgress) -> TaskStatus:
    """Return a task's line with its phase and attempt, and why the attempt before was sent back."""
    sent_back = progress.feedback[-1] if progress.feedback and progress.phase else None
    why = f"sent back before: {sent_back.rule}: {sent_back.message}" if sent_back else ""
    reason = "; ".join(part for part in (task.reason, why) if part)
    return task.model_copy(
        update={"phase": progress.phase, "attempt": progress.attempt, "reason": reason or None}
    )


def task_text(task: TaskStatus) -> str:
    """Return where one task is, in one line."""
    where = f"{task.state} · {task.phase} · attempt {task.attempt}" if task.phase else task.state
    why = f": {task.reason}" if task.reason and (task.state == "paused" or not task.phase) else ""
    return f"{task.id} {where}{why}"


def ways_on(status: RunStatus) -> list[str]:
    """Return what to type about a run that is paused: it goes on when somebody says so."""
    if status.state != "paused":
        return []
    return [f"  go on: tasks continue {status.run_id}    end it: tasks cancel {status.run_id}"]


def _notes(status: RunStatus) -> list[str]:
    """Return the notes of a run without those that its reason says already."""
    notes = dict.fromkeys(status.notes)
    return [f"note: {note}" for note in notes if note not in (status.reason or "")]


def _head(status: RunStatus, stream: TextIO) -> list[str]:
    done, total = status.progress.completed, status.progress.total
    landed = f", {done} of {total} tasks landed on {status.branch}" if status.branch else ""
    head = f"{status.run_id}: {status.state}{landed}"
    lines = [coloured(head, "bold", stream)]
    if status.reason:
        lines.append(f"  {status.reason}")
    lines += ways_on(status)
    if status.seconds is not None:
        forecast = status.forecast_hours
        expected = f", forecast {duration_text(forecast * SECONDS_PER_HOUR)}" if forecast else ""
        took = duration_text(status.seconds)
        lines.append(f"  took {took}{expected}" if status.state in ENDED else f"  {took} so far{expected}")
    return lines


def explanation_text(found: Explanation) -> str:
    """Return why a task is where it is, and what its attempts were sent back with."""
    why = f": {found.reason}" if found.reason != found.state else ""
    lines = [f"{found.task_id} is {found.state}{why}"]
    for item in found.feedback:
        sent_back = f"{item.phase} · {item.rule}: {item.message}"
        lines += [f"  {sent_back}"] if sent_back != found.reason else []
        lines += [f"    {line}" for line in item.excerpt.splitlines()[-SHOWN_EXCERPT:]]
    return "\n".join(lines)


def result_text(result: RunResult, ui_url: str | None, base: str) -> str:
    """Return how a run ended, and what to type next."""
    lines = [
        f"{result.run_id}: {result.state}, "
        f"{result.completed} of {result.total} tasks landed on {result.branch}",
        f"  time {duration_text(result.seconds)}" + _against(result),
    ]
    for task in result.tasks:
        if task.outcome == "failed" and task.feedback:
            last = task.feedback[-1]
            lines.append(f"  {task.task_id} failed{_after(task.attempts)}: {last.rule}: {last.message}")
    lines += [f"  note: {note}" for note in dict.fromkeys(result.notes)]
    if ui_url:
        lines.append(f"  in the Web UI: {run_url(ui_url, result.run_id)}")
    if result.rehearsal:
        lines += [
            "this was a rehearsal: nothing was done, and the commits are empty",
            f"  git branch -D {result.branch}    (takes them away)",
        ]
    elif result.state == "succeeded":
        lines += ["next:", f"  git log --graph --oneline {result.branch}", f"  git merge {result.branch}"]
        lines[-1] += f"    (brings the work to {base})"
    else:
        lines += _after_a_failure(result)
    return "\n".join(lines)


def _after(attempts: int) -> str:
    """Return after how many attempts; a task that ended without a result has not counted them."""
    return {0: "", 1: " after 1 attempt"}.get(attempts, f" after {attempts} attempts")


def _after_a_failure(result: RunResult) -> list[str]:
    failed = [task.task_id for task in result.tasks if task.outcome == "failed"]
    run_id, task_id = result.run_id, failed[0] if failed else "TASK"
    rows = (
        (f"tasks explain {run_id} {task_id}", "(why)"),
        (f"tasks logs {run_id} {task_id}", "(what was tried)"),
        (f"tasks resume {run_id}", "(the plan is right: do again what has not landed)"),
        (f"tasks execute PLAN --resume --run-id {run_id}", "(you mended the document and planned it again)"),
    )
    return ["next:", *in_columns([(f"  {command}", why) for command, why in rows]).splitlines()]


def run_url(ui_url: str, run_id: str) -> str:
    """Return the page of a run in Temporal's Web UI."""
    return f"{ui_url}/namespaces/default/workflows/{run_id}"


def _against(result: RunResult) -> str:
    if not result.forecast_hours:
        return " (no forecast: estimates are missing)"
    if len(result.tasks) < result.completed:
        return ""  # some had landed before, and the forecast is that of the whole plan
    return (
        f", forecast {duration_text(result.forecast_hours * SECONDS_PER_HOUR)} (half of all runs are faster)"
    )


def _row(task: TaskStatus) -> tuple[str, str, str, str]:
    where = task.state
    if task.phase:
        where = f"{task.state} · {task.phase}"
    if task.attempt and task.attempt > 1:
        where += f" · attempt {task.attempt}"
    # Why a run is paused stands above its tasks: once is enough.
    reason = PAUSED if (task.reason or "").startswith(f"{PAUSED}: ") else (task.reason or "")
    last = task.landed_commit[:10] if task.landed_commit else reason
    return (f"  {task.id}", where, task.title[:50], last)
