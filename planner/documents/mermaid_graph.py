"""The picture of a plan's dependencies as Mermaid text."""

from __future__ import annotations

from planner.graph.cycles import find_cycle
from planner.graph.transitive_reduction import transitive_reduction
from planner.plan_demands import precedence_graph
from schemas.tasks import TasksFile

MOST_TASKS = 40
_TITLE_LENGTH = 48


def mermaid_graph(tasks: TasksFile) -> list[str]:
    """Return the lines of a fenced graph, or none: without edges, or above 40 tasks, a picture says nothing.

    Edges that follow from longer ways are left out.
    """
    if len(tasks.tasks) > MOST_TASKS:
        return []
    graph = precedence_graph(tasks)
    drawn = graph if find_cycle(graph) else transitive_reduction(graph)
    if not drawn.edge_count:
        return []
    titles = {task.id: task.title for task in tasks.tasks}
    lines = ["```mermaid", "graph LR"]
    lines += [f'  n{number}["{_label(name, titles[name])}"]' for number, name in enumerate(drawn.ids)]
    lines += [f"  n{before} --> n{after}" for before, them in enumerate(drawn.successors) for after in them]
    return [*lines, "```"]


def _label(task: str, title: str) -> str:
    plain = " ".join(title.split())
    short = plain if len(plain) <= _TITLE_LENGTH else plain[: _TITLE_LENGTH - 1] + "…"
    text = f"{task}: {short}"
    for character, code in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;")):
        text = text.replace(character, code)
    return text
