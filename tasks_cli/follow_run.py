"""Following a run to its end: progress on stderr, the result to the caller; Ctrl-C detaches."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterable
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
ASKED_AT_A_TIME = 4
RUNNING_STATES = {"running", "assigned", "paused"}


async def with_phases(service: Service, status: RunStatus) -> RunStatus:
    """Return the status with what only a running task knows: its phase, its attempt, what was wrong."""
    return await PhasesInTurn(at_a_time=len(status.tasks)).added_to(service, status)


class PhasesInTurn:
    """What running tasks say of their phases, of whom only some are asked at a time.

    Every question is a turn of the workers that run the plan; many tasks asked each second hold them up.
    """

    def __init__(self, at_a_time: int = ASKED_AT_A_TIME) -> None:
        self._at_a_time = at_a_time
        self._said: dict[str, TaskProgress | None] = {}

    async def added_to(self, service: Service, status: RunStatus) -> RunStatus:
        """Return the status with what they said last; those are asked whose answer is oldest."""
        running = {
            task.workflow_id: task
            for task in status.tasks
            if task.state in RUNNING_STATES and task.workflow_id
        }
        self._said = {name: said for name, said in self._said.items() if name in running}
        turn = whose_turn(running, self._said, self._at_a_time)
        answers = await asyncio.gather(*(task_progress(service, name) for name in turn))
        for name, answer in zip(turn, answers, strict=True):
            before = self._said.pop(name, None)  # to the end of the queue
            self._said[name] = answer or before
        known = {task.id: said for name, task in running.items() if (said := self._said.get(name))}
        tasks = tuple(at_work(task, known[task.id]) if task.id in known else task for task in status.tasks)
        return status.model_copy(update={"tasks": tasks})


def whose_turn(running: Iterable[str], asked: Iterable[str], at_a_time: int) -> list[str]:
    """Return whom to ask next: those who never were, then in the order in which they were asked."""
    order = list(asked)
    known = set(order)
    return [*(name for name in running if name not in known), *order][:at_a_time]


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
    said, told, phases = "", set[str](), PhasesInTurn()
    while not ending.done():
        told = _tell_of_restless(service, told)
        try:
            status = await run_status(service, run_id)
            service.observe(status)
            yield await phases.added_to(service, status)
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
