"""`tasks execute --dry-run`: what would happen, from the executor's own scheduler; nothing is changed."""

from __future__ import annotations

from planner.outline_limits import outline_limits
from planner.plan_outline import outline_of
from planner.scheduling.simulate import simulate
from tasks_cli.printing import in_columns, print_json, print_note, print_result
from tasks_cli.run_request import CheckedRun
from tasks_cli.run_summary import SECONDS_PER_HOUR, duration_text
from workflows.plan_progress import plan_index


def print_dry_run(checked: CheckedRun, *, as_json: bool) -> int:
    """Print the schedule that the executor's own functions make of the estimates."""
    outline = outline_of(checked.plan, checked.options.model)
    index = plan_index(outline)
    limits = outline_limits(outline, max_concurrent=checked.options.max_concurrent)
    schedule = simulate(index, index.durations, limits)
    rows = [
        {
            "id": index.ids[number],
            "title": outline.tasks[number].title,
            "start_hours": round(schedule.starts[number], 4),
            "finish_hours": round(schedule.finishes[number], 4),
        }
        for number in schedule.order
    ]
    if as_json:
        print_json(
            {
                "run_id": checked.run_id,
                "branch": checked.branch,
                "hours": schedule.makespan,
                "tasks": rows,
            }
        )
        return 0
    print_note(f"would run {len(rows)} tasks on {checked.branch}, from {checked.preflight.base_commit[:10]}")
    table = [
        (
            str(row["id"]),
            _clock(schedule.starts[number]),
            _clock(schedule.finishes[number]),
            str(row["title"]),
        )
        for row, number in zip(rows, schedule.order, strict=True)
    ]
    print_result(in_columns([("task", "start", "end", "title"), *table]))
    hours = duration_text(schedule.makespan * SECONDS_PER_HOUR)
    print_note(f"forecast {hours}, at most {limits.max_concurrent} tasks at once; nothing was started")
    return 0


def _clock(hours: float) -> str:
    return "0 s" if hours == 0 else duration_text(hours * SECONDS_PER_HOUR)
