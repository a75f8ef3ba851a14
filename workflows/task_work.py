"""Where one task is: its cycle, its lease, its commit, and what it waits for."""

from dataclasses import dataclass

from temporalio import workflow

from planner.scheduling.task_cycle import TaskCycle
from schemas.activity_io import Attempt, Lease
from schemas.execution import ExecuteTaskInput, PersonReply, TaskProgress, TaskResult, WaitingFor
from workflows.plan_board import task_board


@dataclass(slots=True)
class TaskWork:
    """Where one task is; owned by its workflow's one loop."""

    request: ExecuteTaskInput
    cycle: TaskCycle
    hold: bool = False
    hold_reason: str | None = None
    waiting_for: WaitingFor | None = None
    reason: str | None = None
    reply: PersonReply | None = None
    lease: Lease | None = None
    base: str = ""
    commit: str | None = None
    landed: str | None = None
    left_out: tuple[str, ...] = ()
    already_done: bool = False
    ask: str | None = None
    notes: tuple[str, ...] = ()

    def attempt(self) -> Attempt:
        """Return the attempt that the next activity works for."""
        return Attempt(run=self.request.run, task_id=self.request.task_id, number=self.cycle.attempt)

    def progress(self) -> TaskProgress:
        """Return what the query `status` answers."""
        return TaskProgress(
            task_id=self.request.task_id,
            phase=None if self.cycle.ended else self.cycle.phase,
            attempt=self.cycle.attempt,
            reason=self.reason or (self.hold_reason or "held at the end of a phase" if self.hold else None),
            waiting_for=self.waiting_for,
            feedback=self.cycle.feedback,
        )

    def result(self, seconds: float) -> TaskResult:
        """Return how the task ended."""
        return TaskResult(
            task_id=self.request.task_id,
            outcome=self.cycle.outcome or "failed",
            attempts=self.cycle.spent,
            landed_commit=self.landed,
            kept_commit=self.commit,
            feedback=self.cycle.feedback,
            notes=self.notes,
            seconds=seconds,
        )

    def show(self) -> None:
        """Let Temporal's Web UI show where the task is."""
        workflow.set_current_details(task_board(self.progress(), self.request.title))
