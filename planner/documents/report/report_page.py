"""report.html: a plan and, if there is one, its run, as one page without scripts that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.documents.markdown_text import counted
from planner.documents.report.gantt_picture import GanttRow, Scales, gantt_picture, scales
from planner.documents.report.graph_picture import Node, graph_picture
from planner.documents.report.lanes_picture import lanes_picture, lanes_table
from planner.documents.report.markup import Markup, element, joined, text
from planner.documents.report.page_head import page_head
from planner.documents.report.page_style import PAGE_STYLE
from planner.documents.report.planned_times import NoSchedule, PlannedTimes, planned_times
from planner.documents.report.resource_lanes import resource_lanes
from planner.documents.report.run_record import RunRecord
from planner.documents.report.task_groups import MOST_TASKS, group_rows
from planner.documents.report.task_rows import task_rows
from planner.documents.report.task_words import TaskWords, task_words
from planner.draft import EstimateOrigin
from planner.plan_demands import predecessors
from schemas.plan import Plan

MOST_LANES = 40
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_page(
    plan: Plan,
    origins: Mapping[str, EstimateOrigin] | None = None,
    run: RunRecord | None = None,
    folder: str = "",
) -> str:
    """Return the whole page; the same arguments give the same text.

    Args:
        plan: the plan.
        origins: where each estimate comes from.
        run: what happened, to be shown below what was expected.
        folder: the way from the page to the plan folder, for the links; "" when it is in it.
    """
    times = planned_times(plan)
    words = [task_words(task, times, run, (origins or {}).get(task.id)) for task in plan.tasks.tasks]
    title = plan.tasks.meta.title or plan.waves.planId
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("title", {}, text(title)),
        element("style", {}, PAGE_STYLE),
    )
    sections = (*_pictures(plan, times, words, run), *_table(plan, words, run))
    body = element("body", {}, element("header", {}, page_head(plan, run, folder)), *sections)
    return f"<!DOCTYPE html>\n{element('html', {'lang': 'en'}, head, body)}\n"


def _section(title: str, *parts: Markup) -> Markup:
    return element("section", {}, element("h2", {}, text(title)), *parts)


def _note(content: str) -> Markup:
    return element("p", {"class": "soft"}, text(content))


def _pictures(
    plan: Plan, times: PlannedTimes | NoSchedule, words: Sequence[TaskWords], run: RunRecord | None
) -> Iterator[Markup]:
    if isinstance(times, NoSchedule):
        yield _section("Schedule", _note(f"There is no schedule: {times.reason}."))
        return
    axes = scales(times.schedule.makespan, run)
    yield _graph(times, words)
    yield _gantt(times, words, axes, run)
    yield from _lanes(plan, times, axes, run)


def _graph(times: PlannedTimes, words: Sequence[TaskWords]) -> Markup:
    title = "Tasks and their dependencies"
    if len(words) > MOST_TASKS:
        said = (
            "No picture of so many tasks could be read: `tasks export --format dot` writes it for a program."
        )
        return _section(title, _note(said))
    drawn = graph_picture(times, [_node(times, task, item) for task, item in enumerate(words)])
    if drawn is None:
        said = "The dependencies pass too many tasks to be followed: `tasks export --format dot` writes them."
        return _section(title, _note(said))
    said = "A line leads from a task to those that wait for it; the critical path is thick."
    return _section(title, _note(said), drawn)


def _node(times: PlannedTimes, task: int, words: TaskWords) -> Node:
    state = words.actual.state if words.actual is not None else None
    return Node(words.task.id, words.task.title, words.tip(), times.is_critical(task), state)


def _gantt(times: PlannedTimes, words: Sequence[TaskWords], axes: Scales, run: RunRecord | None) -> Markup:
    if len(words) > MOST_TASKS:
        rows = group_rows(times, run)
        groups = f"{counted(len(words), 'task')} in {counted(len(rows), 'group')}"
        said = f"{groups}: each from its first begin to its last end."
    else:
        rows = [_gantt_row(times, task, words[task]) for task in times.schedule.order]
        said = "Expected by the scheduler that executes the plan; the critical path is framed."
    if run is not None:
        said += " Below it is what happened, waiting for a worker included; a mark is the landing commit."
    if axes.differ:
        said += " Plan and run have different scales: the time above is the plan's, the time below the run's."
    return _section("Schedule", _note(said), gantt_picture(rows, axes, run))


def _gantt_row(times: PlannedTimes, task: int, words: TaskWords) -> GanttRow:
    actual = words.actual
    return GanttRow(
        name=words.task.id,
        title=words.task.title,
        shown=words.tip(),
        start=times.schedule.starts[task],
        finish=times.schedule.finishes[task],
        is_critical=words.is_critical,
        spans=actual.spans if actual is not None else (),
        landings=(actual.landed,) if actual is not None and actual.landed is not None else (),
    )


def _lanes(plan: Plan, times: PlannedTimes, axes: Scales, run: RunRecord | None) -> Iterator[Markup]:
    needs = [task.resource_requirements.estimated for task in plan.tasks.tasks]
    names = frozenset(name for need in needs for name in (*need.exclusive_resources, *need.shared_resources))
    found = resource_lanes(times, names, run)
    if not found:
        return
    if len(plan.tasks.tasks) > MOST_TASKS:
        yield _section("Shared resources", lanes_table(found[:MOST_LANES]))
        return
    said = "Who holds what is exclusive or limited, and when."
    if len(found) > MOST_LANES:
        said += f" The {MOST_LANES} busiest of {len(found)} resources."
    yield _section("Shared resources", _note(said), lanes_picture(found[:MOST_LANES], axes))


def _table(plan: Plan, words: Sequence[TaskWords], run: RunRecord | None) -> Iterator[Markup]:
    shown, said = list(words), "★ marks the critical path."
    if len(words) > MOST_TASKS:
        shown = [item for item in words if item.is_critical or _needs_a_look(item)][:MOST_TASKS]
        said = f"{len(shown)} of {len(words)} tasks: the critical path (★) and what failed."
    rows = task_rows(shown, predecessors(plan.tasks), with_run=run is not None)
    yield _section("Tasks", _note(said), rows if shown else joined(()))


def _needs_a_look(words: TaskWords) -> bool:
    return words.actual is not None and words.actual.state == "failed"
