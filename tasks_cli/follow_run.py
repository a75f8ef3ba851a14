"""Following a run to its end: progress on stderr, the result to the caller; Ctrl-C detaches."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet

from rich.console import Console
from rich.live import Live
from rich.text import Text
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowQueryFailedError
from temporalio.service import RPCError

from schemas.errors import TasksError, UserAbort
from schemas.execution import RunResult, RunStatus, TaskProgress
from tasks_cli.printing import harmless, print_note
from tasks_cli.run_summary import at_work, live_text, task_text, ways_on
from tasks_cli.service_client import (
    ANSWER_TIMEOUT,
    Service,
    failed_result,
    found_again,
    run_status,
    translated,
)
from workers.restless_processes import restless_note, restless_processes
from workflows.execute_task import ExecuteTask

PERIOD_SECONDS = 1.0
RUNNING_STATES = {"running", "assigned", "paused"}


async def with_phases(service: Service, status: RunStatus) -> RunStatus:
    """Return the status with what only a running task knows: its phase, its attempt, what was wrong."""
    running = [task for task in status.tasks if task.state in RUNNING_STATES and task.workflow_id]
    found = await asyncio.gather(*(task_progress(service, task.workflow_id or "") for task in running))
    known = {progress.task_id: progress for progress in found if progress is not None}
    tasks = tuple(at_work(task, known[task.id]) if task.id in known else task for task in status.tasks)
    return status.model_copy(update={"tasks": tasks})


async def follow(service: Service, run_id: str) -> RunResult:
    """Show progress until the run ends; a service that was killed meanwhile is started again.

    Raises:
        UserAbort: when the run was cancelled.
        WorkerPoolUnavailable: when the service was stopped on purpose, or does not come back.
        TasksError: when the run ended without a result.
    """
    while True:
        try:
            return await _follow(service, run_id)
        except RPCError as error:
            service = await found_again(service, error)


async def _follow(service: Service, run_id: str) -> RunResult:
    ending = asyncio.ensure_future(service.run(run_id).result())
    try:
        if sys.stderr.isatty():
            await _show_live(service, run_id, ending)
        else:
            await _show_lines(service, run_id, ending)
    finally:
        if not ending.cancel() and not ending.cancelled():
            # Taken note of: asyncio would print an error that nobody asked about as one of ours.
            ending.exception()
    return await result_of(service, run_id)


async def result_of(service: Service, run_id: str) -> RunResult:
    """Return the result of a run, waiting for its end; a failed run has one too."""
    try:
        return await service.run(run_id).result()
    except WorkflowFailureError as error:
        result = failed_result(error)
        if result is not None:
            return result
        description = await service.run(run_id).describe()
        if description.status == WorkflowExecutionStatus.CANCELED:
            raise UserAbort(
                f"the run {run_id} was cancelled", hint=f"`tasks resume {run_id}` goes on"
            ) from error
        raise translated(error) from error


async def statuses(
    service: Service, run_id: str, ending: asyncio.Future[RunResult]
) -> AsyncIterator[RunStatus]:
    """Yield the run's status about every second until it ends; a silent server is waited for."""
    said, told = "", set[str]()
    while not ending.done():
        told = _tell_of_restless(service, told)
        try:
            status = await run_status(service, run_id)
            service.observe(status)
            yield await with_phases(service, status)
            said = ""
        except TasksError as error:
            if error.message != said:
                print_note(f"waiting: {error.message}")
            said = error.message
        await asyncio.wait([ending], timeout=PERIOD_SECONDS)


def _tell_of_restless(service: Service, told: AbstractSet[str]) -> set[str]:
    """Say once of each process that does not stay why it ends; return which ones are known now."""
    now = set(told)
    with contextlib.suppress(OSError):  # who needs the state folder says so
        found = {process.name: process for process in restless_processes(service.state)}
        now = set(found)
        for name in sorted(now - told):
            print_note(f"{restless_note(service.state, found[name])}\n`tasks doctor` says what to do")
    return now


async def _show_lines(service: Service, run_id: str, ending: asyncio.Future[RunResult]) -> None:
    seen: dict[str, str] = {}
    reason: str | None = None
    async for status in statuses(service, run_id, ending):
        if status.reason != reason:
            reason = status.reason
            if reason:
                print_note("\n".join((f"{status.state}: {reason}", *ways_on(status))))
        for task in status.tasks:
            now = task_text(task)
            if seen.get(task.id) != now and task.state not in {"blocked", "ready"}:
                print_note(now)
            seen[task.id] = now


async def _show_live(service: Service, run_id: str, ending: asyncio.Future[RunResult]) -> None:
    console = Console(stderr=True)
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        async for status in statuses(service, run_id, ending):
            # Lines are cut and not wrapped: the board keeps its height, and a frame replaces the one before.
            shown = harmless(live_text(status, console.height - 1))
            text = Text.from_ansi(shown, no_wrap=True, overflow="ellipsis")
            live.update(text, refresh=True)


async def task_progress(service: Service, workflow_id: str) -> TaskProgress | None:
    """Return where a task is; None when its workflow has not begun or has just ended."""
    handle = service.client.get_workflow_handle(workflow_id)
    try:
        return await handle.query(ExecuteTask.status, rpc_timeout=ANSWER_TIMEOUT)
    except (RPCError, WorkflowQueryFailedError):
        return None
