"""Starting a run, attaching to one that runs, and ending the command with the run's exit code."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.service import RPCError

from schemas.errors import ExecutionFailed, ExitCode, InvalidArguments
from schemas.execution import CONTROL_QUEUE, ExecutePlanInput, RunResult
from tasks_cli.follow_run import follow, result_of
from tasks_cli.interruption import until_ctrl_c
from tasks_cli.printing import print_json, print_note
from tasks_cli.run_metrics import serve_metrics
from tasks_cli.run_request import CheckedRun, PreparedRun, prepare_run
from tasks_cli.run_summary import result_text, run_url
from tasks_cli.service_client import Service, existing_status, input_of, with_service
from workers.run_memory import remembered_request
from workflows.activity_calls import summary_text
from workflows.search_attributes import RUN_ID

FAILED = {
    WorkflowExecutionStatus.FAILED,
    WorkflowExecutionStatus.TERMINATED,
    WorkflowExecutionStatus.CANCELED,
}


def start_and_follow(
    checked: CheckedRun,
    *,
    workers: int | None,
    again: bool,
    resume: bool,
    metrics_port: int | None,
    detach: bool,
    as_json: bool,
) -> int:
    """Start the run unless it exists, then follow it to its end; return the exit code."""
    port = metrics_port or checked.settings.execute.metrics_port
    observe = serve_metrics(port) if port and not detach else None

    async def body(service: Service) -> int:
        service = service if observe is None else replace(service, observe=observe)
        prepared = prepare_run(checked)  # only now: without a service, nothing was written
        status = await existing_status(service, prepared.run_id)
        other = None if status is None else await _another_plan(service, prepared)
        if status == WorkflowExecutionStatus.RUNNING:
            _refuse_another_plan(prepared.run_id, other, runs=True)
            print_note(f"the run {prepared.run_id} is running already: attached to it")
        elif (
            status is None
            or again
            or (resume and (other is not None or status != WorkflowExecutionStatus.COMPLETED))
        ):
            await start_run(service, prepared.run_id, prepared.request, prepared.plan.tasks.meta.title or "")
        else:
            _refuse_another_plan(prepared.run_id, other, runs=False)
            return await _ended_before(service, prepared.run_id, as_json=as_json)
        if detach:
            return _detached(service, prepared, as_json=as_json)
        return await follow_to_the_end(service, prepared.run_id, as_json=as_json)

    return with_service(body, folder=checked.repository, workers=workers)


async def _another_plan(service: Service, prepared: PreparedRun) -> str | None:
    """Return the id of the plan that the run of this name executes or did; None if it is this very plan.

    Raises:
        InvalidArguments: the run is one of another repository.
    """
    started = await input_of(service, prepared.run_id)
    if started is None:
        return None
    if not _is_of(Path(prepared.request.repository), prepared.run_id, started):
        raise InvalidArguments(
            f"{prepared.run_id} is a run of another repository, {started.repository}",
            hint="choose another --run-id, or leave it out",
        )
    plan, wanted = started.plan, prepared.request.plan
    if plan is None or wanted is None or plan.contentHash == wanted.contentHash:
        return None
    return plan.plan_id


def _is_of(repository: Path, run_id: str, started: ExecutePlanInput) -> bool:
    same_place = os.path.realpath(started.repository) == os.path.realpath(repository)
    return same_place or remembered_request(repository, run_id) is not None  # it was moved


def _refuse_another_plan(run_id: str, other: str | None, *, runs: bool) -> None:
    """Return if the run is one of this very plan: its state or result would hide that this plan is not done.

    Raises:
        InvalidArguments: it is one of another plan.
    """
    if other is None:
        return
    wait = f"wait for it, or end it with `tasks cancel {run_id}`; then " if runs else ""
    raise InvalidArguments(
        f"the run {run_id} {'goes on' if runs else 'has ended before'} with another plan, {other}",
        hint=f"{wait}--run-id {run_id} --resume goes on with this plan; without them it is a run of its own",
    )


async def start_run(service: Service, run_id: str, request: ExecutePlanInput, title: str) -> None:
    """Start the workflow of a run; a server without our search attributes is served without them."""
    attributes = TypedSearchAttributes([SearchAttributePair(RUN_ID, run_id)])
    try:
        await _start(service, run_id, request, title, attributes)
    except RPCError as error:
        if "search attribute" not in error.message.lower():
            raise
        await _start(service, run_id, request, title, None)


async def follow_to_the_end(service: Service, run_id: str, *, as_json: bool) -> int:
    """Follow a run, print how it ended, and return the exit code; Ctrl-C detaches."""
    result = await until_ctrl_c(
        follow(service, run_id),
        f"detached: the run {run_id} goes on",
        f"watch it:  tasks status {run_id} --watch\nend it:    tasks cancel {run_id}",
    )
    return report(service, result, as_json=as_json)


def report(service: Service, result: RunResult, *, as_json: bool) -> int:
    """Print how a run ended and return the exit code."""
    print_note(result_text(result, service.record.ui_url, "your branch"))
    if as_json:
        print_json(result.model_copy(update={"status": None}).as_json())
    if result.state == "succeeded":
        return ExitCode.SUCCESS
    kept = result.completed > 0 or any(task.kept_commit for task in result.tasks)
    return ExecutionFailed.exit_code if kept else ExitCode.FAILED_WITHOUT_CHECKPOINT


async def _start(
    service: Service,
    run_id: str,
    request: ExecutePlanInput,
    title: str,
    attributes: TypedSearchAttributes | None,
) -> WorkflowHandle[object, object]:
    return await service.client.start_workflow(
        "ExecutePlan",
        request,
        id=run_id,
        task_queue=CONTROL_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=summary_text(title) or None,
        search_attributes=attributes,
    )


async def _ended_before(service: Service, run_id: str, *, as_json: bool) -> int:
    result = await result_of(service, run_id)
    again = "--again starts a new one" if result.state == "succeeded" else "--resume goes on with this plan"
    print_note(f"the run {run_id} has ended before: {result.state}; {again}")
    return report(service, result, as_json=as_json)


def _detached(service: Service, prepared: PreparedRun, *, as_json: bool) -> int:
    ui_url = service.record.ui_url
    page = run_url(ui_url, prepared.run_id) if ui_url else None
    if as_json:
        print_json(
            {
                "run_id": prepared.run_id,
                "plan_id": prepared.request.plan.plan_id if prepared.request.plan else None,
                "branch": prepared.request.branch,
                "ui_url": page,
            }
        )
    print_note(f"started {prepared.run_id}; watch it: tasks status {prepared.run_id} --watch")
    if not as_json:
        from tasks_cli.printing import print_result

        print_result(prepared.run_id)
    return ExitCode.SUCCESS
