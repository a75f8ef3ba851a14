"""The outline of a plan: the little of it that a workflow carries and the scheduler needs."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan_demands import capacities, predecessors, task_demands
from planner.scheduling.barrier import Barrier
from planner.scheduling.task_cycle import attempts_allowed
from schemas.execution import PlanOutline, TaskOutline, WaveBarrier
from schemas.plan import Plan, plan_id
from schemas.task_execution import RunExecutor, TaskReviewer
from schemas.tasks import ExecutionModel, Task, TasksFile
from schemas.waves import DEFER_OPTIONAL, PlannedOrder, WaveBased, WavesFile


@dataclass(frozen=True, slots=True)
class OutlineChoices:
    """What a run decides otherwise than its plan; None leaves the plan's own."""

    model: ExecutionModel | None = None
    executor: RunExecutor | None = None
    reviewer: TaskReviewer | None = None


THE_PLANS_OWN = OutlineChoices()


def plan_outline(tasks: TasksFile, waves: WavesFile, choices: OutlineChoices = THE_PLANS_OWN) -> PlanOutline:
    """Return the outline under a run's choices, the plan's own by default.

    The forecast is the plan's P50 of the model, in hours; absent when the plan has none.
    """
    model = choices.model
    chosen = model or tasks.meta.execution_model
    wave_of = {
        task: wave.waveNumber for wave in waves.execution_models.wave_based.waves for task in wave.tasks
    }
    known = {task.id: task for task in tasks.tasks}
    order = planned_order(tasks, waves) if chosen == "rolling_frontier" else None
    outlines = tuple(
        TaskOutline(
            id=demand.id,
            title=known[demand.id].title,
            after=tuple(demand.after),
            resources=dict(demand.resources),
            hours=demand.hours,
            priority=demand.priority,
            wave=wave_of.get(demand.id),
            planned_start=order.starts_hours[demand.id] if order is not None else None,
            optional=demand.optional,
            attempts=attempts_allowed(
                retry_on_failure=known[demand.id].scheduling_hints.retry_on_failure,
                max_retries=known[demand.id].scheduling_hints.max_retries,
            ),
            by_hand=is_by_hand(known[demand.id], choices.executor),
            human_review="human" in {choices.reviewer, known[demand.id].reviewer},
        )
        for demand in task_demands(tasks)
    )
    return PlanOutline(
        plan_id=plan_id(tasks.generated.contentHash),
        title=tasks.meta.title or plan_id(tasks.generated.contentHash),
        model=chosen,
        max_concurrent=tasks.meta.resource_limits.max_concurrent_tasks,
        capacities=capacities(tasks),
        window_hours=order.window_hours if order is not None else None,
        barriers=_barriers(waves.execution_models.wave_based) if chosen == "wave_based" else (),
        tasks=outlines,
        forecast_hours=_forecast(waves, chosen),
    )


def planned_order(tasks: TasksFile, waves: WavesFile) -> PlannedOrder | None:
    """Return the order that was searched for the plan, unless the tasks were edited and it does not fit."""
    order = waves.execution_models.rolling_frontier.config.planned_order
    if order is None or set(order.starts_hours) != {task.id for task in tasks.tasks}:
        return None
    starts = order.starts_hours
    fits = all(
        starts[earlier] <= starts[task] for task, before in predecessors(tasks).items() for earlier in before
    )
    return order if fits else None


def is_by_hand(task: Task, executor: RunExecutor | None) -> bool:
    """Return whether a person does the task: it says so, or says nothing and the run gives it to one."""
    if executor == "noop":
        return False
    return executor == "manual" if task.execution is None else task.execution.executor == "manual"


def outline_of(plan: Plan, model: ExecutionModel | None = None) -> PlanOutline:
    """Return the outline of a plan in memory."""
    return plan_outline(plan.tasks, plan.waves, OutlineChoices(model=model))


def _barriers(waved: WaveBased) -> tuple[WaveBarrier, ...]:
    """Return the barriers at which fewer than all tasks of a wave must have ended, or not for ever.

    A wave without a barrier of its own keeps to the plan's.
    """
    found: list[WaveBarrier] = []
    for wave in waved.waves:
        rule = wave.barrier or waved.config.barrier
        quorum = rule.quorum if rule.kind == "quorum" else 1.0
        defers = wave.barrier is not None and wave.barrier.fallback == DEFER_OPTIONAL
        timeout = wave.barrier.timeoutMinutes if wave.barrier is not None and defers else None
        size = len(wave.tasks)
        if Barrier(quorum).needed(size) < size or timeout is not None:
            found.append(WaveBarrier(wave=wave.waveNumber, quorum=quorum, timeout_minutes=timeout))
    return tuple(found)


def notes_on_barriers(waves: WavesFile) -> tuple[str, ...]:
    """Return what a run in waves cannot do as its plan says; our own plans say no such thing."""
    return tuple(
        f"wave {wave.waveNumber}: only {DEFER_OPTIONAL!r} is known as the fallback of a barrier, not "
        f"{wave.barrier.fallback!r}, so its timeout changes nothing"
        for wave in waves.execution_models.wave_based.waves
        if wave.barrier is not None
        and wave.barrier.timeoutMinutes is not None
        and wave.barrier.fallback != DEFER_OPTIONAL
    )


def _forecast(waves: WavesFile, model: ExecutionModel) -> float | None:
    models = waves.execution_models
    if model == "wave_based":
        completion = models.wave_based.estimated_completion
        return completion.p50_hours if completion else None
    hours = models.rolling_frontier.estimated_completion_time
    return hours.p50_hours if hours else None
