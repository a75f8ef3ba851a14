"""The eight hard fails of seed 001: each function finds every breach of one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain

from planner.graph.cycles import find_cycle
from planner.intake.secret_redaction import secret_spans
from planner.plan_demands import precedence_graph
from planner.rules.rule import Breach
from schemas.features import Feature
from schemas.plan import FEATURES_FILE, TASKS_FILE, Plan
from schemas.tasks import Task

ESTIMATED_SHARE = 0.5
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')


def no_cycles(plan: Plan) -> list[Breach]:
    """Hard fail 1: tasks that wait for each other in a circle."""
    cycle = find_cycle(precedence_graph(plan.tasks))
    if not cycle:
        return []
    circle = " -> ".join((*cycle, cycle[0]))
    advice = "take out or soften one of these dependencies"
    return [Breach(f"tasks wait for each other in a circle: {circle}; {advice}", "/dependencies", cycle[0])]


def resource_edges_typed(plan: Plan) -> list[Breach]:
    """Hard fail 2: a dependency over a resource that is not typed as one, or the other way round."""
    breaches: list[Breach] = []
    for number, dependency in enumerate(plan.tasks.dependencies):
        is_typed = dependency.type in ("mutual_exclusion", "resource_limited")
        if is_typed == (dependency.shared_resource is not None):
            continue
        edge = f"the dependency of {dependency.to} on {dependency.from_}"
        message = (
            f"{edge} is of type {dependency.type} and names no shared_resource; name it"
            if is_typed
            else f"{edge} is over the resource {dependency.shared_resource!r} and of type {dependency.type}; "
            "make its type mutual_exclusion or resource_limited, or take the resource out"
        )
        breaches.append(Breach(message, f"/dependencies/{number}/type", dependency.to))
    return breaches


def boundaries_present(plan: Plan) -> list[Breach]:
    """Hard fail 3: a task without complexity, definition of done, scope or logging."""
    return [
        Breach(f"{task.id} has no {what}; say {advice}", f"/tasks/{number}", task.id)
        for number, task in enumerate(plan.tasks.tasks)
        for what, advice in _missing_boundaries(task)
    ]


def estimates_cover_half(plan: Plan) -> list[Breach]:
    """Hard fail 4: less than half of the tasks have an estimate; in a strict plan, one that somebody made."""
    tasks, strict = plan.tasks.tasks, bool(plan.tasks.meta.strict)
    estimated = sum(
        task.duration is not None and not (strict and (task.origin or {}).get("duration") == "default")
        for task in tasks
    )
    if estimated >= ESTIMATED_SHARE * len(tasks):
        return []
    kind = "an estimate that is not by the sizing rule" if strict else "an estimate"
    message = f"{estimated} of {len(tasks)} tasks have {kind}; give at least half of them one"
    return [Breach(message, "/tasks")]


def evidence_present(plan: Plan) -> list[Breach]:
    """Hard fail 5: a task or a dependency without evidence."""
    breaches = [
        Breach(
            f"{task.id} quotes no evidence; quote the sentence that asks for it", f"/tasks/{number}", task.id
        )
        for number, task in enumerate(plan.tasks.tasks)
        if not task.source_evidence
    ]
    breaches.extend(
        Breach(
            f"the dependency of {dependency.to} on {dependency.from_} has no evidence; say why it is there",
            f"/dependencies/{number}",
            dependency.to,
        )
        for number, dependency in enumerate(plan.tasks.dependencies)
        if not dependency.evidence
    )
    return breaches


def checks_present(plan: Plan) -> list[Breach]:
    """Hard fail 6: a task that nothing can check."""
    advice = "add a `sh check` fence to it, or a verify command to the plan"
    return [
        Breach(f"{task.id} ({task.title}) has no acceptance check; {advice}", f"/tasks/{number}", task.id)
        for number, task in enumerate(plan.tasks.tasks)
        if not task.acceptance_checks
    ]


def no_secrets(plan: Plan) -> list[Breach]:
    """Hard fail 7: a secret in a quote, or in any other text of features.json or tasks.json."""
    advice = "write [REDACTED] in its place, and renew the secret: it was in the source"
    # Most texts of a large plan are the same few, and there is none to find the place of.
    secrets = {text for text in _different_texts(plan) if secret_spans(text)}
    if not secrets:
        return []
    return [
        Breach(f"a secret stands in the text; {advice}", pointer, task, file)
        for file, pointer, task, text in _texts(plan)
        if text in secrets
    ]


def codebase_analysed(plan: Plan) -> list[Breach]:
    """Hard fail 8: a plan made without a look at the codebase."""
    if plan.tasks.meta.codebase_analysis is not None:
        return []
    return [Breach("the plan has no codebase analysis; make it again with --codebase-path", "/meta")]


def _missing_boundaries(task: Task) -> Iterator[tuple[str, str]]:
    boundaries = task.boundaries
    if boundaries is None or not boundaries.expected_complexity.value.strip():
        yield "expected complexity", "how large the change is, such as ~35 LoC"
    if boundaries is None or not any(line.strip() for line in boundaries.definition_of_done.criteria):
        yield "definition of done", "when it is done"
    if boundaries is None or not any(line.strip() for line in boundaries.scope.includes):
        yield "scope", "which files it may touch"
    guidance = task.execution_guidance
    if guidance is None or not guidance.logging.log_format.strip():
        yield "logging guidance", "what is logged, and how"


def _different_texts(plan: Plan) -> set[str]:
    """Return every string of the two files that hold words of the source, names of members among them."""
    written = (record.model_dump_json(exclude_unset=True) for record in (plan.features, plan.tasks))
    return {json.loads(token) for token in set(chain.from_iterable(map(_STRING.findall, written)))}


def _texts(plan: Plan) -> Iterator[tuple[str, str, str | None, str]]:
    """Yield file, pointer, task and text of every string in the two files that hold words of the source."""
    for number, feature in enumerate(plan.features.features):
        for pointer, text in _strings(_json_of(feature), f"/features/{number}"):
            yield FEATURES_FILE, pointer, None, text
    for number, statement in enumerate(plan.features.statements or ()):
        for pointer, text in _strings(statement.as_json(), f"/statements/{number}"):
            yield FEATURES_FILE, pointer, None, text
    for number, task in enumerate(plan.tasks.tasks):
        for pointer, text in _strings(_json_of(task), f"/tasks/{number}"):
            yield TASKS_FILE, pointer, task.id, text
    for number, dependency in enumerate(plan.tasks.dependencies):
        for pointer, text in _strings(dependency.as_json(), f"/dependencies/{number}"):
            yield TASKS_FILE, pointer, None, text
    for pointer, text in _strings(plan.tasks.meta.as_json(), "/meta"):
        yield TASKS_FILE, pointer, None, text


def _json_of(record: Feature | Task) -> dict[str, object]:
    """Return a record without its hash: 64 hex digits are nobody's secret."""
    return {key: value for key, value in record.as_json().items() if key != "contentHash"}


def _strings(value: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "sha256":
                yield from _strings(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
