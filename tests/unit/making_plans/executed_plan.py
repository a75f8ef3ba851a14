"""A plan run through what its workflow runs on, with tasks that take given hours."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from planner.plan_outline import outline_of
from planner.scheduling.events import TimePassed
from planner.scheduling.simulate import Schedule
from schemas.activity_io import LoadPlanResult
from schemas.execution import ExecutePlanInput, StoredPlan, TaskResult
from schemas.plan import Plan
from schemas.tasks import ExecutionModel
from workflows.plan_progress import PlanProgress

COMMIT = "c" * 40
STORED = StoredPlan(plan_id="PLAN-00000000", commit=COMMIT, contentHash="0" * 64)


def progress_of(plan: Plan, model: ExecutionModel | None = None) -> PlanProgress:
    """Return a run of the plan before its first step."""
    loaded = LoadPlanResult(
        outline=outline_of(plan, model), plan=STORED, branch="feature/program", base_commit=COMMIT, landed=()
    )
    request = ExecutePlanInput(repository="/project", plan=STORED, execution_model=model)
    return PlanProgress.begin("run-1", request, loaded)


def executed(plan: Plan, hours: Sequence[float], model: ExecutionModel | None = None) -> Schedule:
    """Run the plan; the clock goes from one end of a task, or of a wave's time, to the next."""
    progress = progress_of(plan, model)
    starts, finishes = [0.0] * len(hours), [0.0] * len(hours)
    order: list[int] = []
    running: list[tuple[float, int]] = []
    now = 0.0
    while not (decisions := progress.decide()).finished:
        for number in decisions.starts:
            starts[number], finishes[number] = now, now + hours[number]
            heapq.heappush(running, (finishes[number], number))
        order += decisions.starts
        if decisions.next_timeout is not None and decisions.next_timeout < running[0][0]:
            now = decisions.next_timeout
        else:
            now, ended = heapq.heappop(running)
            name = progress.index.ids[ended]
            done = TaskResult(task_id=name, outcome="completed", attempts=1, landed_commit=COMMIT)
            progress.task_ended(done)
        progress.apply(TimePassed(now))
    return Schedule(tuple(starts), tuple(finishes), now, tuple(order))
