"""Plans and runs of any size for the tests of the report, the same in every process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random

from planner.documents.report.run_record import ActualSpan, ActualTask, RunRecord
from planner.make_plan import make_plan
from planner.plan_demands import capacities, task_demands
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import build_plan_index
from planner.scheduling.simulate import simulate
from schemas.plan import Plan
from schemas.settings import PlanSettings, Settings
from schemas.tasks import Dependency, ExecutionModel, SharedResource, Task, ThreePointEstimate
from tests.unit.making_plans.drafts import TIMESTAMP, dependency, draft_of, needing, task

VERBS = ("Write", "Test", "Connect", "Document", "Measure", "Remove")
NOUNS = ("the parser", "the printer of reports", "a migration of the ledger", "the command line", "the cache")
RESOURCES = {
    "migrations": SharedResource(type="exclusive", reason="one at a time"),
    "staging": SharedResource(type="exclusive", reason="there is one machine"),
    "database": SharedResource(type="shared_limited", capacity=3, reason="three connections"),
}


def named(number: int, **changes: object) -> Task:
    """Return a task with an id that sorts by its number."""
    title = f"{VERBS[number % len(VERBS)]} {NOUNS[number % len(NOUNS)]}"
    return task(1, title, **{"id": f"P1.T{number:03}", **changes})


def edge(before: int, after: int) -> Dependency:
    """Return a dependency of one numbered task on another."""
    return dependency(1, 2).model_copy(update={"from_": f"P1.T{before:03}", "to": f"P1.T{after:03}"})


def plan_of(
    tasks: Sequence[Task],
    edges: Sequence[Dependency],
    *,
    title: str = "Program",
    model: ExecutionModel | None = None,
) -> Plan:
    """Return the plan of these tasks, with the resources above and a forecast of few draws."""
    draft = replace(
        draft_of(*tasks, dependencies=tuple(edges)), title=title, resources=RESOURCES, max_concurrent=6
    )
    settings = PlanSettings(forecast_draws=20, execution_model=model or "rolling_frontier")
    return make_plan(draft, Settings(plan=settings), TIMESTAMP)


@cache
def large_plan(count: int, *, model: ExecutionModel | None = None) -> Plan:
    """Return a plan in the shape of real ones: two edges a task, two exclusive resources, a limited one."""
    random = Random(count)  # noqa: S311 - a plan that is the same each time, not a secret
    tasks, edges = [], []
    for number in range(count):
        hours = random.choice((0.5, 1, 2, 3, 6))
        needs = random.choice(
            (
                *({}, {}, {}),
                {"exclusive_resources": ["migrations"]},
                {"exclusive_resources": ["staging"]},
                {"shared_resources": {"database": random.choice((1, 2))}},
            )
        )
        estimate = ThreePointEstimate(optimistic=hours / 2, mostLikely=hours, pessimistic=hours * 2)
        tasks.append(named(number, duration=estimate, resource_requirements=needing(**needs)))
        nearest = max(0, number - 24)
        edges += [
            edge(before, number) for before in {random.randrange(nearest, number) for _ in range(2) if number}
        ]
    return plan_of(tasks, edges, title=f"A plan of {count} tasks", model=model)


def record_of(plan: Plan, *, until: float | None = None, pace: float = 1.0) -> RunRecord:
    """Return a run in which each third task took longer, and the first needed two executions.

    Args:
        plan: the plan that is executed.
        until: when somebody looks, as a share of the run; None is after its end.
        pace: hours of the run for each hour of the plan.
    """
    index = build_plan_index(task_demands(plan.tasks), capacities(plan.tasks))
    hours = [(1.8 if number % 3 == 0 else 0.9) * pace * each for number, each in enumerate(index.durations)]
    schedule = simulate(index, hours, Limits(max_concurrent=6))
    now = schedule.makespan if until is None else schedule.makespan * until
    tasks = {
        name: _actual(schedule.starts[number], schedule.finishes[number], now, again=number == 0)
        for number, name in enumerate(index.ids)
    }
    state = "succeeded" if until is None else "running"
    return RunRecord("run-1", state, "feature/x", "2026-01-02 03:04 UTC", now, until is not None, tasks=tasks)


def _actual(start: float, finish: float, now: float, *, again: bool) -> ActualTask:
    if start >= now:
        return ActualTask("blocked")
    middle = (start + finish) / 2
    if finish > now:
        return ActualTask("running", 1, (ActualSpan(start, None, "running"),))
    spans: tuple[ActualSpan, ...] = (ActualSpan(start, finish, "completed"),)
    if again:
        spans = (ActualSpan(start, middle, "failed"), ActualSpan(middle, finish, "completed"))
    return ActualTask("completed", 2 if again else 1, spans, finish, "ab" * 20)
