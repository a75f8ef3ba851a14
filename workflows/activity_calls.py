"""How each activity is called: its queue, time limits and retries. The only such place (design 7.3).

Every activity has a heartbeat timeout or a start-to-close of at most 30 s: a killed server otherwise leaves
an activity "started" until its deadline.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, TimeoutType
from temporalio.exceptions import TimeoutError as ActivityTimeout
from temporalio.workflow import ActivityCancellationType

from schemas.activity_io import (
    Attempt,
    DevelopInput,
    DevelopResult,
    FinishRunInput,
    FinishRunResult,
    LandInput,
    LandResult,
    LoadPlanInput,
    LoadPlanResult,
    OpenRepositoryInput,
    PostTestInput,
    PostTestResult,
    PreTestInput,
    PreTestResult,
    ProbeInput,
    ProbeResult,
    ReleaseInput,
    ReviewInput,
    ReviewResult,
)
from schemas.execution import (
    HOST_QUEUE,
    WORK_QUEUE,
    Phase,
    RepositoryHandle,
    RunContext,
    repository_queue,
    worker_queue,
)
from schemas.settings import TimingSettings

with workflow.unsafe.imports_passed_through():
    from activities.host_activities import HostActivities
    from activities.repository_activities import RepositoryActivities

LONGEST_PHASE = timedelta(hours=12)
SHORT = timedelta(seconds=30)
INFRASTRUCTURE_ATTEMPTS = 4
SUMMARY_LIMIT = 200
CHECKED_OUT = "FeatureBranchCheckedOut"
NON_RETRYABLE = [
    CHECKED_OUT,
    "InvalidArguments",
    "RepositoryUnusable",
    "PlanValidationFailed",
    "ResourceConflictUnresolvable",
    "CyclicDependencies",
    "CodebaseAnalysisFailed",
    "LeaseLost",
    "ValidationError",
]
WAIT = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
LOST = {TimeoutType.SCHEDULE_TO_START, TimeoutType.HEARTBEAT}

Request = TypeVar("Request")
Result = TypeVar("Result")


class BranchCheckedOut(Exception):
    """Somebody has the feature branch checked out: nothing can land before he lets it go."""


class WorkerLost(Exception):
    """The leased worker did not take up its work in time: the attempt needs a new lease."""


def summary_text(text: str) -> str:
    """Return the text cut to what the server accepts as a summary (400 bytes)."""
    encoded = text.encode()[:SUMMARY_LIMIT]
    return encoded.decode(errors="ignore")


def retry_policy(timing: TimingSettings) -> RetryPolicy:
    """Return the policy for failures of the infrastructure; red checks are values and never retried here."""
    return RetryPolicy(
        initial_interval=timedelta(seconds=timing.retry_initial),
        maximum_interval=timedelta(seconds=timing.retry_maximum),
        maximum_attempts=INFRASTRUCTURE_ATTEMPTS,
        non_retryable_error_types=NON_RETRYABLE,
    )


async def open_repository(path: str, timing: TimingSettings) -> RepositoryHandle:
    """Let a host that can see the folder serve this repository's queue."""
    return await workflow.execute_activity_method(
        RepositoryActivities.open_repository,
        OpenRepositoryInput(path=path),
        task_queue=HOST_QUEUE,
        start_to_close_timeout=SHORT,
        retry_policy=retry_policy(timing),
        summary=summary_text(f"open {path}"),
    )


async def load_plan(request: LoadPlanInput) -> LoadPlanResult:
    """Read and check the plan, make the feature branch, and read from git what is already done."""
    return await workflow.execute_activity_method(
        RepositoryActivities.load_plan,
        request,
        task_queue=repository_queue(request.repository.repository_id),
        start_to_close_timeout=LONGEST_PHASE,
        heartbeat_timeout=timedelta(seconds=request.request.timing.heartbeat),
        retry_policy=retry_policy(request.request.timing),
        summary="load the plan, reconcile with git",
    )


async def probe_checks(run: RunContext) -> ProbeResult:
    """Find out whether the plan's verify commands notice broken code."""
    return await workflow.execute_activity_method(
        RepositoryActivities.probe_checks,
        ProbeInput(run=run),
        task_queue=repository_queue(run.repository.repository_id),
        start_to_close_timeout=LONGEST_PHASE,
        heartbeat_timeout=timedelta(seconds=run.timing.heartbeat),
        retry_policy=retry_policy(run.timing),
        summary="probe the verify commands",
        cancellation_type=WAIT,
    )


async def finish_run(request: FinishRunInput) -> FinishRunResult:
    """Remove the run's worktrees; branches, refs and evidence stay."""
    return await workflow.execute_activity_method(
        RepositoryActivities.finish_run,
        request,
        task_queue=repository_queue(request.run.repository.repository_id),
        start_to_close_timeout=LONGEST_PHASE,
        heartbeat_timeout=timedelta(seconds=request.run.timing.heartbeat),
        retry_policy=retry_policy(request.run.timing),
        summary=f"tidy up after a run that {request.state}",
    )


async def pre_test(request: PreTestInput) -> PreTestResult:
    """Lease a worker unless there is one, prepare the worktree, run the checks on the base."""
    worker = request.lease.worker_id if request.lease else None
    return await _phase(HostActivities.pre_test, request, request.attempt, worker, "pre_test")


async def develop(request: DevelopInput, *, pinned: bool = False) -> DevelopResult:
    """Let the executor do the task in its worktree, and commit what it did.

    `pinned`: the work is in that worktree and nowhere else, so it waits for its worker for ever.
    """
    worker = request.lease.worker_id
    return await _phase(HostActivities.develop, request, request.attempt, worker, "develop", pinned=pinned)


async def review(request: ReviewInput) -> ReviewResult:
    """Let the reviewer judge the committed work."""
    return await _phase(HostActivities.review, request, request.attempt, request.lease.worker_id, "review")


async def post_test(request: PostTestInput) -> PostTestResult:
    """Run the checks on the committed work."""
    return await _phase(
        HostActivities.post_test, request, request.attempt, request.lease.worker_id, "post_test"
    )


async def land(request: LandInput) -> LandResult:
    """Merge into the tip of the feature branch, verify the merged tree, move the branch.

    Raises:
        BranchCheckedOut: when a worktree of a person's holds the feature branch; nothing was moved.
    """
    run = request.attempt.run
    try:
        return await workflow.execute_activity_method(
            RepositoryActivities.land,
            request,
            task_queue=repository_queue(run.repository.repository_id),
            start_to_close_timeout=LONGEST_PHASE,
            heartbeat_timeout=timedelta(seconds=run.timing.heartbeat),
            retry_policy=retry_policy(run.timing),
            summary=f"attempt {request.attempt.number} · land",
            cancellation_type=WAIT,
        )
    except ActivityError as error:
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type == CHECKED_OUT:
            raise BranchCheckedOut(cause.message) from error
        raise


async def release(request: ReleaseInput) -> None:
    """End what is left of the attempt's processes and remove its worktree.

    A lost worker cannot release: its worktree is removed when the run finishes.
    """
    timing = request.attempt.run.timing
    try:
        await workflow.execute_activity_method(
            HostActivities.release,
            request,
            task_queue=worker_queue(request.lease.worker_id),
            start_to_close_timeout=SHORT,
            schedule_to_start_timeout=timedelta(seconds=timing.schedule_to_start),
            retry_policy=retry_policy(timing),
            summary="release the worktree",
        )
    except ActivityError as error:
        workflow.logger.warning("the worktree could not be released: %s", error.cause or error)


async def _phase(
    method: Callable[[HostActivities, Request], Awaitable[Result]],
    request: Request,
    attempt: Attempt,
    worker_id: str | None,
    phase: Phase,
    *,
    pinned: bool = False,
) -> Result:
    """Run one phase on the leased worker, or on any worker when there is no lease yet.

    Raises:
        WorkerLost: when the leased worker did not take up its work in time.
    """
    timing = attempt.run.timing
    # A new lease is pulled from the queue when somebody is free, which may take long.
    patience = None if worker_id is None or pinned else timedelta(seconds=timing.schedule_to_start)
    try:
        return await workflow.execute_activity_method(
            method,
            request,
            task_queue=worker_queue(worker_id) if worker_id else WORK_QUEUE,
            start_to_close_timeout=LONGEST_PHASE,
            schedule_to_start_timeout=patience,
            heartbeat_timeout=timedelta(seconds=timing.heartbeat),
            retry_policy=retry_policy(timing),
            summary=f"attempt {attempt.number} · {phase}",
            cancellation_type=WAIT,
        )
    except ActivityError as error:
        cause = error.cause
        if isinstance(cause, ActivityTimeout) and cause.type in LOST and not pinned:
            raise WorkerLost(str(cause)) from error
        raise
