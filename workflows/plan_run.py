"""The steps of a run: load, start tasks, take in what ended, finish."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import (
    ApplicationError,
    WorkflowAlreadyStartedError,
)

from schemas.activity_io import FinishRunInput, LoadPlanInput, LoadPlanResult, ProbeResult
from schemas.execution import (
    ChangeReply,
    ExecutePlanInput,
    ExecuteTaskInput,
    PauseRequest,
    RepositoryHandle,
    RunContext,
    RunResult,
    RunStatus,
    TaskChoice,
    TaskOutline,
    TaskResult,
    TaskWaits,
)
from workflows import activity_calls
from workflows.execute_task import ExecuteTask
from workflows.plan_answers import run_result, run_status
from workflows.plan_progress import PlanProgress
from workflows.search_attributes import task_attributes
from workflows.task_ending import ending_of, failed_by_itself

STARTS_PER_TASK = 50
MOST_TASKS_IN_RESULT = 2000  # some 250 bytes each, and the server takes 2 MB
CHILD_TASK_TIMEOUT = timedelta(seconds=5)


@dataclass(slots=True)
class PlanRun:
    """A loaded run: its state, its running children, and the inbox their endings fall into."""

    request: ExecutePlanInput
    context: RunContext
    progress: PlanProgress
    started: datetime
    children: dict[str, workflow.ChildWorkflowHandle[ExecuteTask, TaskResult]] = field(default_factory=dict)
    inbox: deque[str] = field(default_factory=deque)
    waiting_starts: deque[int] = field(default_factory=deque)
    being_cancelled: set[str] = field(default_factory=set)
    woken: bool = False
    hold: bool = False
    hold_sent: bool = False

    def status(self, now: datetime) -> RunStatus:
        """Return what the query `status` answers."""
        return run_status(self.progress).model_copy(
            update={
                "started": self.started.isoformat(timespec="seconds"),
                "seconds": round((now - self.started).total_seconds(), 1),
                "repository": self.context.repository.path,
            }
        )


def decode_request(raw: RawValue) -> ExecutePlanInput:
    """Return the input of the workflow.

    Raises:
        ApplicationError: type `InvalidArguments`; a bad input fails the run at once instead of stalling it.
    """
    try:
        return workflow.payload_converter().from_payload(raw.payload, ExecutePlanInput)
    except Exception as error:
        message = f"the input of ExecutePlan cannot be read: {error}"
        raise ApplicationError(message, type="InvalidArguments", non_retryable=True) from error


async def load(request: ExecutePlanInput, started: datetime) -> PlanRun:
    """Open the repository, load the plan, reconcile with git, and probe the verify commands."""
    run_id = workflow.info().workflow_id
    repository = await activity_calls.open_repository(request.repository, request.timing)
    loaded = await activity_calls.load_plan(
        LoadPlanInput(run_id=run_id, repository=repository, request=request)
    )
    context = _context(run_id, request, repository, loaded)
    run = PlanRun(request, context, PlanProgress.begin(run_id, request, loaded), started)
    if len(loaded.landed) < len(loaded.outline.tasks):
        _take_in_probes(run, await activity_calls.probe_checks(context))
    return run


async def start_tasks(run: PlanRun, numbers: tuple[int, ...]) -> None:
    """Start what was decided, at most 50 children in one workflow task."""
    run.waiting_starts.extend(numbers)
    outlines = run.progress.loaded.outline.tasks
    while run.waiting_starts and not run.progress.cancelling:
        batch = [run.waiting_starts.popleft() for _ in range(min(STARTS_PER_TASK, len(run.waiting_starts)))]
        await asyncio.gather(*(_start_task(run, outlines[number]) for number in batch))
    for number in run.waiting_starts:
        run.progress.task_ended(failed_by_itself(outlines[number].id, "the run was cancelled"))
    run.waiting_starts.clear()


def take_in_endings(run: PlanRun) -> None:
    """Apply every ending in the inbox."""
    while run.inbox:
        task_id = run.inbox.popleft()
        run.being_cancelled.discard(task_id)
        run.progress.task_ended(_ending(task_id, run.children.pop(task_id)))


def pause(run: PlanRun, request: PauseRequest) -> ChangeReply:
    """Start nothing more; with `hold`, running tasks stop at the end of their phase as well."""
    if request.hold and not run.hold:
        run.hold = True
        run.progress.pause(request.reason)
        message = f"the run starts nothing more, running tasks stop after their phase: {request.reason}"
        return ChangeReply(changed=True, message=message)
    return run.progress.pause(request.reason)


def go_on(run: PlanRun) -> ChangeReply:
    """Start tasks again, and let held ones go on."""
    run.hold = False
    return run.progress.go_on()


async def send_hold(run: PlanRun) -> None:
    """Tell the running tasks to hold or to go on; one that has just ended need not hear it."""
    if run.hold == run.hold_sent:
        return
    run.hold_sent = run.hold
    signals = (handle.signal(ExecuteTask.set_hold, run.hold) for handle in run.children.values())
    for outcome in await asyncio.gather(*signals, return_exceptions=True):
        if isinstance(outcome, BaseException):
            workflow.logger.info("a task had ended before it could be held: %s", outcome)


def task_waits(run: PlanRun, news: TaskWaits) -> None:
    """Take in why a task waits for a person, or that it goes on; with `pauses_run` the whole run stops."""
    run.progress.task_waits(news.task_id, news.reason)
    if news.pauses_run and news.reason:
        pause(run, PauseRequest(reason=f"{news.task_id}: {news.reason}", hold=True))
    run.woken = True


def cancel_task(run: PlanRun, choice: TaskChoice) -> ChangeReply:
    """End one running task: its processes and its worktree; its branch and evidence stay."""
    handle = run.children.get(choice.task_id)
    if handle is None or choice.task_id in run.being_cancelled:
        return ChangeReply(changed=False, message=f"{choice.task_id} is ending already")
    handle.cancel()
    run.being_cancelled.add(choice.task_id)
    return ChangeReply(changed=True, message=f"{choice.task_id} is being cancelled; it can be retried")


def cancel(run: PlanRun) -> None:
    """Cancel every running child; their endings arrive in the inbox."""
    run.progress.cancel()
    for handle in run.children.values():
        handle.cancel()


async def finish(run: PlanRun, results: list[RunResult]) -> None:
    """Tidy up and append how the run ended to `results`."""
    outcome = run.progress.outcome or "failed"
    state = outcome if outcome in {"succeeded", "cancelled"} else "failed"
    answer = await activity_calls.finish_run(FinishRunInput(run=run.context, state=state))
    run.progress.notes = (*run.progress.notes, *answer.notes)
    seconds = (workflow.now() - run.started).total_seconds()
    result = run_result(run.progress, seconds, answer.tip)
    if run.request.executor == "noop":
        result = result.model_copy(update={"rehearsal": True})
    if result.total <= MOST_TASKS_IN_RESULT:
        result = result.model_copy(update={"status": run.status(workflow.now())})
    results.append(result)


def failure(result: RunResult) -> ApplicationError:
    """Return the error that ends a failed run: without anything landed or kept there is nothing to resume."""
    failed = [task.task_id for task in result.tasks if task.outcome == "failed"]
    kept = result.completed > 0 or any(task.kept_commit for task in result.tasks)
    message = f"{result.completed} of {result.total} tasks landed; failed: {', '.join(failed[:10]) or 'none'}"
    kind = "ExecutionFailed" if kept else "ExecutionFailedWithoutCheckpoint"
    return ApplicationError(message, result, type=kind, non_retryable=True)


async def _start_task(run: PlanRun, task: TaskOutline) -> None:
    attributes = task_attributes(run.context, task) if run.context.search_attributes else None
    try:
        handle = await workflow.start_child_workflow(
            ExecuteTask.run,
            ExecuteTaskInput(
                run=run.context,
                task_id=task.id,
                title=task.title,
                attempts=task.attempts,
                by_hand=task.by_hand,
                human_review=task.human_review,
            ),
            id=run.progress.next_workflow_id(task.id),
            task_timeout=CHILD_TASK_TIMEOUT,
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
            cancellation_type=workflow.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
            static_summary=activity_calls.summary_text(f"{task.id} {task.title}"),
            search_attributes=attributes,
        )
    except WorkflowAlreadyStartedError:
        run.progress.task_ended(failed_by_itself(task.id, "an older execution of this task is still running"))
        return
    run.children[task.id] = handle
    handle.add_done_callback(lambda _: run.inbox.append(task.id))


def _ending(task_id: str, handle: workflow.ChildWorkflowHandle[ExecuteTask, TaskResult]) -> TaskResult:
    """Return how a child ended, whatever way it ended."""
    if handle.cancelled():
        return TaskResult(task_id=task_id, outcome="cancelled", attempts=0)
    error = handle.exception()
    if error is None:
        return handle.result()
    return ending_of(task_id, error)


def _take_in_probes(run: PlanRun, probed: ProbeResult) -> None:
    blind = [probe for probe in probed.probes if probe.verdict == "blind"]
    unproven = [probe for probe in probed.probes if probe.verdict == "unproven"]
    run.progress.notes = (
        *run.progress.notes,
        *(f"unproven check `{probe.command}`: {probe.detail}" for probe in unproven),
        *(f"blind check `{probe.command}`: {probe.detail}" for probe in blind),
    )
    if blind and not run.request.allow_blind_checks:
        run.progress.pause(
            f"blind check `{blind[0].command}`: {blind[0].detail}; "
            "mend it and start again, or continue the run to accept it"
        )


def _context(
    run_id: str, request: ExecutePlanInput, repository: RepositoryHandle, loaded: LoadPlanResult
) -> RunContext:
    return RunContext(
        run_id=run_id,
        repository=repository,
        plan=loaded.plan,
        branch=loaded.branch,
        base_commit=loaded.base_commit,
        timing=request.timing,
        executor=request.executor,
        notify=request.notify,
        checkpoint_interval=request.checkpoint_interval,
        flaky_checks=request.flaky_checks,
        search_attributes=loaded.search_attributes,
    )
