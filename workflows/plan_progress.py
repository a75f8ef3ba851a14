"""Where a run is: the scheduler's state and the tasks' results, owned by the plan's one loop.

Nothing here knows Temporal: events come in, starts and answers go out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.outline_limits import outline_limits
from planner.scheduling.apply_event import apply
from planner.scheduling.decide import Decisions, decide
from planner.scheduling.events import (
    CancelRequested,
    Event,
    RunContinued,
    RunPaused,
    TaskFinished,
    TaskMoved,
)
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.run_state import RunState
from planner.scheduling.task_states import TaskState
from schemas.activity_io import LandedTask, LoadPlanResult
from schemas.execution import (
    ChangeReply,
    ExecutePlanInput,
    PlanOutline,
    TaskResult,
)
from schemas.execution import RunState as RunStateName


def plan_index(outline: PlanOutline) -> PlanIndex:
    """Return the scheduler's index of a plan.

    Raises:
        ValueError: when the outline has a cycle, an unknown dependency or a demand above a capacity.
    """
    demands = [
        TaskDemand(
            id=task.id,
            hours=task.hours,
            resources=task.resources,
            after=task.after,
            priority=task.priority,
            wave=task.wave,
            optional=task.optional,
            planned_start=task.planned_start,
        )
        for task in outline.tasks
    ]
    return build_plan_index(demands, outline.capacities)


@dataclass(slots=True)
class PlanProgress:
    """The run as its workflow knows it; `pause_reason` is set while the run starts nothing."""

    run_id: str
    loaded: LoadPlanResult
    index: PlanIndex
    state: RunState
    limits: Limits
    landed: dict[str, LandedTask]
    results: dict[str, TaskResult] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    pause_reason: str | None = None
    waiting: dict[str, str] = field(default_factory=dict)
    cancelling: bool = False
    outcome: RunStateName | None = None

    @classmethod
    def begin(cls, run_id: str, request: ExecutePlanInput, loaded: LoadPlanResult) -> PlanProgress:
        """Return the state of a run whose landed tasks are already complete."""
        outline = loaded.outline
        index = plan_index(outline)
        limits = outline_limits(
            outline,
            max_concurrent=request.limits.max_concurrent,
            failure_threshold=request.limits.failure_threshold,
        )
        landed = {task.task_id: task for task in loaded.landed}
        completed = [index.number_of(task_id) for task_id in landed]
        state = RunState.new(index, completed)
        return cls(run_id, loaded, index, state, limits, landed, notes=loaded.notes)

    def task_ended(self, result: TaskResult) -> None:
        """Take in how a task ended."""
        self.results[result.task_id] = result
        self.waiting.pop(result.task_id, None)
        if result.outcome == "completed" and result.landed_commit:
            self.landed[result.task_id] = LandedTask(
                task_id=result.task_id, commit=result.landed_commit, attempt=result.attempts
            )
        self.notes = (*self.notes, *(f"{result.task_id}: {note}" for note in result.notes))
        self.apply(TaskFinished(self.index.number_of(result.task_id), result.outcome))

    def task_waits(self, task_id: str, reason: str | None) -> None:
        """Note why a running task waits for a person, or that it goes on; one that has ended does neither."""
        number = self.index.number_of(task_id)
        before = self.state.state_of(number)
        if reason is not None and before is TaskState.RUNNING:
            self.waiting[task_id] = reason
            self.apply(TaskMoved(number, TaskState.PAUSED))
        elif reason is None and before is TaskState.PAUSED:
            del self.waiting[task_id]
            self.apply(TaskMoved(number, TaskState.RUNNING))

    def pause(self, reason: str) -> ChangeReply:
        """Start nothing more until the run is continued."""
        if self.pause_reason is not None:
            return ChangeReply(changed=False, message=f"the run is paused already: {self.pause_reason}")
        self.pause_reason = reason
        self.apply(RunPaused(reason))
        return ChangeReply(changed=True, message=f"the run starts nothing more: {reason}")

    def go_on(self) -> ChangeReply:
        """Start tasks again."""
        if self.pause_reason is None:
            return ChangeReply(changed=False, message="the run is not paused")
        before, self.pause_reason = self.pause_reason, None
        self.apply(RunContinued())
        return ChangeReply(changed=True, message=f"the run goes on; it was paused: {before}")

    def cancel(self) -> None:
        """Start nothing more and end when the running tasks have ended."""
        if not self.cancelling:
            self.cancelling = True
            self.apply(CancelRequested())

    def next_workflow_id(self, task_id: str) -> str:
        """Return the workflow id for one more start of a task; generations count from 1."""
        self.starts[task_id] = self.starts.get(task_id, 0) + 1
        return self.workflow_id(task_id)

    def workflow_id(self, task_id: str) -> str:
        """Return the workflow id of the latest start of a task."""
        return f"{self.run_id}/{task_id}/{self.starts[task_id]}"

    def decide(self) -> Decisions:
        """Return what to start now and whether the run has ended."""
        return decide(self.index, self.state, self.limits)

    def apply(self, event: Event) -> None:
        """Let the scheduler take in an event.

        Raises:
            TransitionRefused: when it does not fit the task's state; nothing has changed then.
        """
        self.limits = apply(self.index, self.state, self.limits, event)
