"""The Markdown that a person sees in Temporal's Web UI; rendering only, no decision."""

from schemas.execution import RunStatus, TaskProgress, TaskStatus

BOARD_LIMIT = 15_000
ROWS = 30


def plan_board(status: RunStatus) -> str:
    """Return the board of a run: progress, what runs, what waits and why, what to do next."""
    done, total = status.progress.completed, status.progress.total
    lines = [
        f"## {status.title or status.plan_id or status.run_id}: {status.state}",
        "",
        f"**{done} of {total} tasks landed** on `{status.branch}`",
    ]
    if status.reason:
        lines += ["", f"**{status.state}**: {status.reason}"]
    lines += _section(
        "Running", [t for t in status.tasks if t.state in {"running", "assigned", "checkpointed"}]
    )
    lines += _section("Failed", [t for t in status.tasks if t.state == "failed"])
    lines += _section(
        "Waiting", [t for t in status.tasks if t.state in {"ready", "queued", "blocked", "paused"}]
    )
    lines += _notes(status)
    lines += ["", "### Next", ""]
    lines += [f"- `tasks status {status.run_id}`", f"- `tasks explain {status.run_id} TASK`"]
    if status.state in {"failed", "cancelled"}:
        lines.append(f"- `tasks resume {status.run_id}` goes on from what has landed")
    return "\n".join(lines)[:BOARD_LIMIT]


def task_board(progress: TaskProgress, title: str) -> str:
    """Return the board of one task: its phase, its attempt and what earlier attempts were sent back for."""
    where = f"attempt {progress.attempt} · {progress.phase}" if progress.phase else "ended"
    lines = [f"## {progress.task_id} {title}", "", where]
    if progress.reason:
        lines += ["", progress.reason]
    if progress.feedback:
        lines += ["", "### Sent back", ""]
        lines += [f"- {item.phase} · {item.rule}: {item.message}" for item in progress.feedback]
    return "\n".join(lines)[:BOARD_LIMIT]


def _section(title: str, tasks: list[TaskStatus]) -> list[str]:
    if not tasks:
        return []
    rows = [f"- `{task.id}` {task.title}{_why(task)}" for task in tasks[:ROWS]]
    if len(tasks) > ROWS:
        rows.append(f"- and {len(tasks) - ROWS} more")
    return ["", f"### {title} ({len(tasks)})", "", *rows]


def _why(task: TaskStatus) -> str:
    return f" ({task.reason})" if task.reason else ""


def _notes(status: RunStatus) -> list[str]:
    return ["", "### Notes", "", *(f"- {note}" for note in status.notes[:ROWS])] if status.notes else []
