"""A run in words: its status as a table, its end as a summary with the next command."""

from __future__ import annotations

from schemas.execution import RunResult, RunStatus, TaskStatus
from tasks_cli.printing import coloured, in_columns

SECONDS_PER_HOUR = 3600.0
COLOURS = {"completed": "green", "failed": "red", "running": "bold"}


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
    """Return a run's status as lines for a terminal."""
    done, total = status.progress.completed, status.progress.total
    where = status.branch or "no branch yet"
    head = f"{status.run_id}: {status.state}, {done} of {total} tasks landed on {where}"
    lines = [coloured(head, "bold")]
    if status.reason:
        lines.append(f"  {status.reason}")
    if status.seconds is not None:
        forecast = status.forecast_hours
        expected = f", forecast {duration_text(forecast * SECONDS_PER_HOUR)}" if forecast else ""
        lines.append(f"  {duration_text(status.seconds)} so far{expected}")
    if status.tasks:
        lines.append(in_columns([_row(task) for task in status.tasks]))
    lines += [f"note: {note}" for note in status.notes]
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
            lines.append(
                f"  {task.task_id} failed after {task.attempts} attempts: {last.rule}: {last.message}"
            )
    lines += [f"  note: {note}" for note in result.notes]
    if ui_url:
        lines.append(f"  in the Web UI: {run_url(ui_url, result.run_id)}")
    if result.state == "succeeded":
        lines += ["next:", f"  git log --graph --oneline {result.branch}", f"  git merge {result.branch}"]
        lines[-1] += f"    (brings the work to {base})"
    else:
        lines += [
            "next:",
            f"  tasks status {result.run_id}",
            f"  tasks logs {result.run_id} TASK     (what was tried, and what went wrong)",
            f"  tasks resume {result.run_id}        (goes on from what has landed)",
        ]
    return "\n".join(lines)


def run_url(ui_url: str, run_id: str) -> str:
    """Return the page of a run in Temporal's Web UI."""
    return f"{ui_url}/namespaces/default/workflows/{run_id}"


def _against(result: RunResult) -> str:
    if not result.forecast_hours:
        return " (no forecast: estimates are missing)"
    return (
        f", forecast {duration_text(result.forecast_hours * SECONDS_PER_HOUR)} (half of all runs are faster)"
    )


def _row(task: TaskStatus) -> tuple[str, str, str, str]:
    where = task.state
    if task.phase:
        where = f"{task.state} · {task.phase}"
    if task.attempt and task.attempt > 1:
        where += f" · attempt {task.attempt}"
    last = task.landed_commit[:10] if task.landed_commit else (task.reason or "")
    return (f"  {task.id}", where, task.title[:50], last)
