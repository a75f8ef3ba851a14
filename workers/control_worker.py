"""The control worker: workflows only, in a process without other work.

A busy process would trip the deadlock limit of 2 s.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from schemas.execution import CONTROL_QUEUE
from workflows.execute_plan import ExecutePlan
from workflows.execute_task import ExecuteTask

STICKY_TIMEOUT = timedelta(seconds=2)
WORKFLOWS = [ExecutePlan, ExecuteTask]


def control_worker(client: Client, runner: WorkflowRunner | None = None) -> Worker:
    """Return the worker that runs the plans' and the tasks' workflows.

    Args:
        client: where Temporal is.
        runner: None runs the workflows as they are; the tests run them in Temporal's sandbox (ADR 0002).
    """
    return Worker(
        client,
        task_queue=CONTROL_QUEUE,
        workflows=WORKFLOWS,
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
    )
