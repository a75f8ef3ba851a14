"""Above 500 tasks: columns of the graph taken together, so that a picture of them can still be read."""

from __future__ import annotations

from planner.documents.markdown_text import counted, listed
from planner.documents.report.gantt_picture import GanttRow
from planner.documents.report.planned_times import PlannedTimes
from planner.documents.report.run_record import ActualSpan, RunRecord

MOST_TASKS = 500
"""With more tasks than this the report shows groups of them."""
MOST_GROUPS = 60


def group_rows(times: PlannedTimes, run: RunRecord | None) -> list[GanttRow]:
    """Return a row for each group of neighbouring columns: from its first begin to its last end."""
    last = max(times.columns)
    size = -(-(last + 1) // MOST_GROUPS)
    members: dict[int, list[int]] = {}
    for task, column in enumerate(times.columns):
        members.setdefault(column // size, []).append(task)
    rows = []
    for group, tasks in sorted(members.items()):
        first, final = group * size + 1, min(group * size + size, last + 1)
        name = f"{times.column_name} {first}" + (f" to {final}" if final > first else "")
        ids = [times.index.ids[task] for task in tasks]
        rows.append(
            GanttRow(
                name=name,
                title=counted(len(tasks), "task"),
                shown=f"{name}: {listed(ids)}",
                start=min(times.schedule.starts[task] for task in tasks),
                finish=max(times.schedule.finishes[task] for task in tasks),
                spans=_together(ids, run) if run is not None else (),
            )
        )
    return rows


def _together(ids: list[str], run: RunRecord) -> tuple[ActualSpan, ...]:
    """Return one span from the first begin of the tasks to their last end."""
    spans = [span for name in ids if name in run.tasks for span in run.tasks[name].spans]
    if not spans:
        return ()
    open_end = any(span.end is None for span in spans)
    end = None if open_end else max(span.end for span in spans if span.end is not None)
    outcome = "running" if open_end else "completed"
    if any(run.tasks[name].state == "failed" for name in ids if name in run.tasks):
        outcome = "failed"
    return (ActualSpan(min(span.start for span in spans), end, outcome),)
