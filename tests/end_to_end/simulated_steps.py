"""A schedule as steps: a task ends, and with that others start, in this order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from planner.plan_outline import outline_of
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule, simulate
from schemas.execution import PlanOutline
from schemas.plan import Plan
from schemas.tasks import ExecutionModel
from workflows.plan_progress import plan_index


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from one ending; the first step has none."""

    ended: str | None
    started: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimulatedRun:
    """What a simulated run does: the steps, and the outline that it was simulated from."""

    outline: PlanOutline
    steps: tuple[Step, ...]

    def running_after(self, number: int) -> set[str]:
        """Return the tasks that run when a step is done."""
        done = self.steps[: number + 1]
        return {task for step in done for task in step.started} - {step.ended for step in done}


def simulated_run(plan: Plan, model: ExecutionModel) -> SimulatedRun:
    """Simulate a plan with the durations that it states, as a run of it would be limited."""
    outline = outline_of(plan, model)
    index = plan_index(outline)
    limits = Limits(outline.max_concurrent, model=outline.model, window=outline.window_hours)
    schedule = simulate(index, index.durations, limits)
    # The world cannot be told to let two tasks end at the same moment.
    assert len(set(schedule.finishes)) == len(index.ids)
    return SimulatedRun(outline, tuple(_steps(index, schedule)))


def _steps(index: PlanIndex, schedule: Schedule) -> Iterable[Step]:
    moments = [0.0, *sorted(schedule.finishes)]
    for moment in moments:
        ended = index.ids[schedule.finishes.index(moment)] if moment else None
        started = (index.ids[task] for task in schedule.order if schedule.starts[task] == moment)
        yield Step(ended, tuple(started))


@dataclass(slots=True)
class _Recording:
    steps: list[Step] = field(default_factory=lambda: [Step(None, ())])

    def started(self, task: str) -> None:
        last = self.steps[-1]
        self.steps[-1] = Step(last.ended, (*last.started, task))


def recorded_steps(events: Iterable[HistoryEvent]) -> tuple[Step, ...]:
    """Return the steps of a run by its history: which child ended, and which were begun then, in order."""
    recording = _Recording()
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
            begun = event.start_child_workflow_execution_initiated_event_attributes
            recording.started(_task_of(begun.workflow_id))
        elif event.event_type == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
            ended = event.child_workflow_execution_completed_event_attributes.workflow_execution
            recording.steps.append(Step(_task_of(ended.workflow_id), ()))
    return tuple(recording.steps)


def _task_of(workflow_id: str) -> str:
    """Return the task of a child, which is called `<run>/<task>/<generation>`."""
    return workflow_id.split("/")[-2]
