"""Phase 6, first step: open cycles where one dependency is clearly the doubtful one (seed 001)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.draft import Draft
from planner.graph.cycles import find_cycle
from planner.graph.precedence_graph import build_precedence_graph
from planner.plan_demands import is_edge
from schemas.dag import Finding
from schemas.plan import TASKS_FILE
from schemas.tasks import Dependency

MOST_REPAIRS = 2
RULE = "cycle_opened"


def with_cycles_opened(draft: Draft, min_confidence: float) -> Draft:
    """Return the draft with at most two cycles opened, each with a finding.

    The least sure dependency of a cycle is made soft. A cycle whose dependencies are equally sure is left:
    nobody can know which of them is wrong, and the plan is rejected for it.
    """
    for _ in range(MOST_REPAIRS):
        used = [item for item in draft.dependencies if is_edge(item, min_confidence)]
        cycle = _cycle(draft, used)
        weakest = _weakest_step(cycle, used)
        if weakest is None:
            return draft
        draft = _softened(draft, weakest, cycle, min_confidence)
    return draft


def _cycle(draft: Draft, used: Sequence[Dependency]) -> list[str]:
    ids = tuple(dict.fromkeys(task.id for task in draft.tasks))
    known = set(ids)
    joined = [(item.from_, item.to) for item in used if item.from_ in known and item.to in known]
    return find_cycle(build_precedence_graph(ids, joined))


def _weakest_step(cycle: Sequence[str], used: Sequence[Dependency]) -> tuple[str, str] | None:
    steps = set(zip(cycle, (*cycle[1:], *cycle[:1]), strict=True))
    sureness: dict[tuple[str, str], float] = {}
    for item in used:
        step = (item.from_, item.to)
        if step in steps:
            sureness[step] = max(item.confidence, sureness.get(step, 0.0))
    if not sureness or min(sureness.values()) == max(sureness.values()):
        return None
    return min(sureness, key=lambda step: (sureness[step], step))


def _softened(draft: Draft, step: tuple[str, str], cycle: Sequence[str], min_confidence: float) -> Draft:
    circle = " -> ".join((*cycle, cycle[0]))
    dependencies = tuple(
        item.model_copy(update={"isHard": False, "reason": f"{item.reason} (made soft to open {circle})"})
        if (item.from_, item.to) == step and is_edge(item, min_confidence)
        else item
        for item in draft.dependencies
    )
    message = (
        f"{circle} was a circle: the dependency of {step[1]} on {step[0]} was the least sure, now soft; "
        "correct the document if another one is wrong"
    )
    finding = Finding(rule=RULE, severity="warning", message=message, task=step[1], file=TASKS_FILE)
    return replace(draft, dependencies=dependencies, findings=(*draft.findings, finding))
