"""Messages between the `tasks` command, the workflows and their children (design 4.3)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from schemas.identifiers import CommitId, ContentHash, RunId, TaskId
from schemas.record import Count, NonNegative, Record, UnitInterval
from schemas.settings import FlakyPolicy, TimingSettings
from schemas.task_execution import RunExecutor, TaskReviewer
from schemas.tasks import ExecutionModel

CONTROL_QUEUE = "tasks-control"
WORK_QUEUE = "tasks-work"
HOST_QUEUE = "tasks-hosts"
INLINE_PLAN_LIMIT = 256 * 1024
MAXIMUM_ATTEMPTS = 3

Phase = Literal["pre_test", "develop", "review", "post_test", "land"]
RunState = Literal["running", "paused", "succeeded", "failed", "cancelled"]
WaitingFor = Literal["work", "review"]


def repository_queue(repository_id: str) -> str:
    """Return the queue of whoever holds the clone of record."""
    return f"tasks-repository-{repository_id}"


def worker_queue(worker_id: str) -> str:
    """Return the queue that pins an attempt to one worker."""
    return f"tasks-worker-{worker_id}"


class StoredPlan(Record):
    """A plan in the target repository's object store: a commit whose tree is the plan folder."""

    plan_id: Annotated[str, Field(pattern=r"^PLAN-[0-9a-f]{8}$")]
    commit: CommitId
    contentHash: ContentHash


class RunLimits(Record):
    """What a run may use at once and in sum; None means the plan's own value or no limit."""

    max_concurrent: Annotated[int, Field(ge=1)] | None = None
    failure_threshold: UnitInterval = 1.0


class ExecutePlanInput(Record):
    """The input of the workflow `ExecutePlan`: plain JSON, made by `tasks execute DIR --print-input`.

    Exactly one of `plan` (stored in the repository) and `inline` (file name -> text, at most 256 KB) is set.
    `base` is any commit-ish of the repository; `branch` defaults to `feature/` and a slug of the title.
    `reviewer` holds for every task; `notify` is a command for when a task begins to wait for a person.
    """

    repository: Annotated[str, Field(min_length=1)]
    plan: StoredPlan | None = None
    inline: dict[str, str] | None = None
    base: str = "HEAD"
    branch: str | None = None
    execution_model: ExecutionModel | None = None
    executor: RunExecutor | None = None
    reviewer: TaskReviewer | None = None
    notify: str | None = None
    limits: RunLimits = RunLimits()
    timing: TimingSettings = TimingSettings()
    checkpoint_interval: Annotated[int, Field(ge=1, le=100)] = 25
    plan_folder: str | None = None
    allow_blind_checks: bool = False
    flaky_checks: FlakyPolicy = "reject"

    @model_validator(mode="after")
    def _one_plan(self) -> ExecutePlanInput:
        if (self.plan is None) == (self.inline is None):
            message = "set exactly one of `plan` and `inline`"
            raise ValueError(message)
        if self.inline is not None and sum(map(len, self.inline.values())) > INLINE_PLAN_LIMIT:
            message = f"an inline plan may have {INLINE_PLAN_LIMIT} characters: store it in the repository"
            raise ValueError(message)
        return self


class TaskOutline(Record):
    """What the plan's workflow knows of a task: enough to schedule it and to name it."""

    id: TaskId
    title: str
    after: tuple[TaskId, ...] = ()
    resources: dict[str, Annotated[int, Field(ge=1)]] = {}
    hours: NonNegative
    priority: Literal["critical", "high", "medium", "low"] = "medium"
    wave: Annotated[int, Field(ge=1)] | None = None
    planned_start: NonNegative | None = None
    optional: bool = False
    attempts: Annotated[int, Field(ge=1, le=MAXIMUM_ATTEMPTS)] = MAXIMUM_ATTEMPTS
    by_hand: bool = False
    human_review: bool = False


class WaveBarrier(Record):
    """When a wave counts as ended, if not only when all its tasks have.

    `timeout_minutes` after it opened its optional tasks no longer hold back the next one.
    """

    wave: Annotated[int, Field(ge=1)]
    quorum: UnitInterval
    timeout_minutes: NonNegative | None = None


class PlanOutline(Record):
    """The compact index of a plan that a workflow may carry (about 150 bytes a task)."""

    plan_id: str
    title: str
    model: ExecutionModel
    max_concurrent: Annotated[int, Field(ge=1)]
    capacities: dict[str, Annotated[int, Field(ge=1)]] = {}
    window_hours: NonNegative | None = None
    barriers: tuple[WaveBarrier, ...] = ()
    tasks: tuple[TaskOutline, ...]
    forecast_hours: NonNegative | None = None


class RepositoryHandle(Record):
    """The clone of record: where it is and which queue serves it."""

    path: str
    repository_id: str


class RunContext(Record):
    """What every activity of a run needs to find its way; the same for all tasks of the run."""

    run_id: RunId
    repository: RepositoryHandle
    plan: StoredPlan
    branch: str
    base_commit: CommitId
    timing: TimingSettings
    executor: RunExecutor | None = None
    notify: str | None = None
    checkpoint_interval: Annotated[int, Field(ge=1, le=100)] = 25
    flaky_checks: FlakyPolicy = "reject"
    search_attributes: bool = False


class ExecuteTaskInput(Record):
    """The input of the child workflow `ExecuteTask`."""

    run: RunContext
    task_id: TaskId
    title: str
    attempts: Annotated[int, Field(ge=1, le=MAXIMUM_ATTEMPTS)] = MAXIMUM_ATTEMPTS
    hold: bool = False
    by_hand: bool = False
    human_review: bool = False


class Feedback(Record):
    """Why an attempt was sent back: what the next attempt is told, and what `tasks logs` shows."""

    phase: Phase
    rule: str
    message: str
    command: str | None = None
    excerpt: str = ""


class TaskResult(Record):
    """How a task ended; carried by the child's result and, on failure, by the details of `TaskFailed`."""

    task_id: TaskId
    outcome: Literal["completed", "failed", "cancelled"]
    attempts: Count
    landed_commit: CommitId | None = None
    feedback: tuple[Feedback, ...] = ()
    notes: tuple[str, ...] = ()
    kept_commit: CommitId | None = None
    seconds: NonNegative = 0


class TaskStatus(Record):
    """One task as `tasks status` shows it."""

    id: TaskId
    title: str
    state: str
    phase: Phase | None = None
    attempt: Count | None = None
    reason: str | None = None
    landed_commit: CommitId | None = None
    workflow_id: str | None = None


class Progress(Record):
    """How many tasks are complete, of how many."""

    completed: Count
    total: Count


class RunStatus(Record):
    """A run as `tasks status --json` prints it; scripts may rely on the first five fields."""

    run_id: str
    state: RunState
    branch: str | None
    progress: Progress
    tasks: tuple[TaskStatus, ...] = ()
    plan_id: str | None = None
    title: str | None = None
    reason: str | None = None
    forecast_hours: NonNegative | None = None
    started: str | None = None
    seconds: NonNegative | None = None
    repository: str | None = None
    base_commit: CommitId | None = None
    notes: tuple[str, ...] = ()


class TaskProgress(Record):
    """Where a task's workflow is: the answer to its query `status`."""

    task_id: TaskId
    phase: Phase | None
    attempt: Count
    reason: str | None = None
    waiting_for: WaitingFor | None = None
    feedback: tuple[Feedback, ...] = ()


class TaskWaits(Record):
    """What a task tells its plan: why it waits, or (without a reason) that it goes on.

    With `pauses_run` the reason holds for every task: the run is paused until a person continues it.
    """

    task_id: TaskId
    reason: str | None = None
    pauses_run: bool = False


class PersonReply(Record):
    """What a person says to a task that waits for him; `approved` is set by the update he chose."""

    message: str = ""
    approved: bool = False


class Explanation(Record):
    """Why a task is where it is: the answer to the query `explain`."""

    task_id: TaskId
    state: str
    reason: str
    waiting_for: tuple[str, ...] = ()
    feedback: tuple[Feedback, ...] = ()


class ChangeReply(Record):
    """What an update changed, in words."""

    changed: bool
    message: str


class PauseRequest(Record):
    """Start nothing more; `hold` also stops each running task at the end of its phase."""

    reason: str = "paused by a person"
    hold: bool = False


class TaskChoice(Record):
    """Which task a person means, and why, for the record."""

    task_id: TaskId
    reason: str = "asked for by a person"


class LimitsChange(Record):
    """New limits for a run that goes on; what is absent stays."""

    max_concurrent: Annotated[int, Field(ge=1)] | None = None


class RunResult(Record):
    """How a run ended.

    `status` is what the query answered last: who asks later need not have the whole history replayed. In a
    rehearsal no task did anything, and what landed is empty.
    """

    run_id: str
    state: RunState
    branch: str
    tip: CommitId | None = None
    completed: Count
    total: Count
    seconds: NonNegative
    forecast_hours: NonNegative | None = None
    tasks: tuple[TaskResult, ...] = ()
    notes: tuple[str, ...] = ()
    status: RunStatus | None = None
    rehearsal: bool = False
