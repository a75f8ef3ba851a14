"""What Temporal and git know of a run: when each task began and ended, and when it landed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from planner.documents.report.run_record import RunRecord
from planner.documents.report.run_timeline import TaskExecution, run_record
from planner.machine.git_reader import commit_times
from planner.machine.repository_folders import open_repository
from schemas.errors import InvalidArguments, TasksError
from schemas.execution import RunStatus
from tasks_cli.follow_run import RUNNING_STATES, with_phases
from tasks_cli.printing import print_warning
from tasks_cli.service_client import ANSWER_TIMEOUT, Service, existing_status, run_status

_OUTCOMES: Mapping[WorkflowExecutionStatus, str] = {
    WorkflowExecutionStatus.RUNNING: "running",
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.CANCELED: "cancelled",
    WorkflowExecutionStatus.TERMINATED: "cancelled",
}


async def recorded_run(service: Service, run_id: str, plan_id: str) -> RunRecord:
    """Return what is known of a run of this plan.

    Raises:
        RunNotFound: when there is no such run.
        InvalidArguments: when it executes another plan.
    """
    closed = await existing_status(service, run_id)
    status = await run_status(service, run_id)
    if status.plan_id not in {None, plan_id}:
        raise InvalidArguments(
            f"the run {run_id} executes the plan {status.plan_id}, not {plan_id}",
            hint="`tasks list-plans` shows the folder of each plan; `tasks runs` lists the runs",
        )
    is_open = closed == WorkflowExecutionStatus.RUNNING
    if is_open:
        status = await with_phases(service, status)
    executions = await _executions(service, status) if status.tasks else []
    landings = await asyncio.to_thread(_landings, status)
    return run_record(status, executions, landings, datetime.now(UTC) if is_open else None)


async def _executions(service: Service, status: RunStatus) -> list[TaskExecution]:
    """Return the executions of the run's tasks, also those of earlier executions of the run.

    Temporal's list may be some seconds late: what goes on, by the list or by the run, is asked for by itself.
    """
    # A run that has tasks has a run id without a quote: `load_plan` refuses any other.
    query = f"WorkflowType = 'ExecuteTask' AND WorkflowId STARTS_WITH '{status.run_id}/'"
    found: dict[str, WorkflowExecution] = {}
    async for execution in service.client.list_workflows(query):
        found[execution.run_id] = execution
    doubtful = {item.id for item in found.values() if item.close_time is None}
    doubtful |= {
        task.workflow_id for task in status.tasks if task.workflow_id and task.state in RUNNING_STATES
    }
    for known in await asyncio.gather(*(_described(service, name) for name in sorted(doubtful))):
        if known is not None:
            found[known.run_id] = known
    return [
        TaskExecution(item.id.split("/")[1], item.start_time, item.close_time, _outcome(item))
        for item in found.values()
    ]


async def _described(service: Service, workflow_id: str) -> WorkflowExecution | None:
    """Return the latest execution of a task; None when it was started this very moment."""
    handle = service.client.get_workflow_handle(workflow_id)
    try:
        return await handle.describe(rpc_timeout=ANSWER_TIMEOUT)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return None
        raise


def _outcome(execution: WorkflowExecution) -> str:
    return _OUTCOMES.get(execution.status, "failed") if execution.status is not None else "running"


def _landings(status: RunStatus) -> dict[str, datetime]:
    """Return when each landing commit was made; a repository of another machine cannot be asked."""
    commits = [task.landed_commit for task in status.tasks if task.landed_commit]
    if not commits or status.repository is None:
        return {}
    try:
        times = commit_times(open_repository(Path(status.repository)).top, commits)
    except TasksError as error:
        print_warning(f"the report does not show when tasks landed: {error.message}")
        return {}
    return {commit: datetime.fromtimestamp(seconds, UTC) for commit, seconds in times.items()}
