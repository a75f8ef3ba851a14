"""The control worker: workflows only, in a process without other work.

A busy process would trip the deadlock limit of 2 s.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from schemas.execution import CONTROL_QUEUE
from workflows.execute_plan import ExecutePlan
from workflows.execute_task import ExecuteTask

STICKY_TIMEOUT = timedelta(seconds=2)
PASSED_THROUGH = (
    "schemas",
    "planner",
    "activities",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "rfc8785",
)


WORKFLOWS = [ExecutePlan, ExecuteTask]


def sandbox() -> SandboxRestrictions:
    """Return the sandbox of the workflows.

    Modules without side effects are passed through: importing them again for each workflow would cost
    hundreds of milliseconds a run.
    """
    return SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)


def control_worker(client: Client) -> Worker:
    """Return the worker that runs the plans' and the tasks' workflows."""
    return Worker(
        client,
        task_queue=CONTROL_QUEUE,
        workflows=WORKFLOWS,
        workflow_runner=SandboxedWorkflowRunner(restrictions=sandbox()),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
    )
