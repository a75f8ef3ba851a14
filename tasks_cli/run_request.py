"""From a plan folder and a repository to the input of ExecutePlan; nothing is started here."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activities.executors.registry import check_executors
from activities.plan_store import store_plan
from activities.run_preflight import Preflight, check_repository
from planner.machine.repository_folders import open_repository, repository_id
from planner.rules.plan_rules import rejection, validate
from planner.storage.plan_folder import read_plan_folder
from schemas.errors import InvalidArguments
from schemas.execution import ExecutePlanInput, RunLimits, StoredPlan
from schemas.identifiers import slug
from schemas.plan import ARTIFACTS, DECISIONS_DOCUMENT, PLAN_DOCUMENT, Plan, plan_id
from schemas.task_execution import RunExecutor, TaskReviewer
from tasks_cli.printing import print_warning
from workers.settings import load_settings


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the user asked for."""

    repo: Path | None
    base: str
    branch: str | None
    run_id: str | None
    max_concurrent: int | None
    model: str | None
    executor: RunExecutor | None
    reviewer: TaskReviewer | None
    allow_blind_checks: bool


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A checked plan, a checked repository, and the input made of both."""

    plan: Plan
    folder: Path
    repository: Path
    preflight: Preflight
    run_id: str
    request: ExecutePlanInput


def prepare_run(plan_argument: str, options: RunOptions) -> PreparedRun:
    """Check the plan and the repository, and store the plan in the repository's object store.

    Raises:
        InvalidArguments: when the repository or an option cannot be used, or a task has no executor.
        PlanValidationFailed: when the plan is not valid.
    """
    folder = plan_folder(plan_argument)
    plan = _valid_plan(folder)
    check_executors(plan.tasks.tasks, options.executor)
    settings = load_settings(os.environ, options.repo or Path.cwd())
    identity = plan_id(plan.tasks.generated.contentHash)
    branch = options.branch or plan.tasks.meta.branch or f"feature/{slug(plan.tasks.meta.title or identity)}"
    repository = (options.repo or Path.cwd()).absolute()
    run_id = options.run_id or f"{identity}-{repository_id(open_repository(repository))}"
    preflight = check_repository(repository, options.base, branch, run_id, folder.absolute())
    for warning in preflight.warnings:
        print_warning(warning)
    commit = store_plan(preflight.folders, _files(folder), identity, preflight.identity)
    values: dict[str, Any] = {"model": options.model}
    request = ExecutePlanInput(
        repository=str(preflight.folders.top),
        plan=StoredPlan(plan_id=identity, commit=commit, contentHash=plan.tasks.generated.contentHash),
        base=preflight.base_commit,
        branch=branch,
        execution_model=values["model"],
        executor=options.executor,
        reviewer=options.reviewer,
        notify=settings.execute.notify,
        limits=RunLimits(max_concurrent=options.max_concurrent),
        timing=settings.timing,
        checkpoint_interval=settings.execute.checkpoint_interval,
        plan_folder=str(folder.absolute()),
        allow_blind_checks=options.allow_blind_checks,
        flaky_checks=settings.execute.flaky_checks,
    )
    return PreparedRun(plan, folder, repository, preflight, run_id, request)


def plan_folder(argument: str) -> Path:
    """Return the plan's folder; `-` reads one line from stdin, a path or the output of `plan --json`.

    Raises:
        InvalidArguments: when stdin holds nothing, or the folder is not there.
    """
    if argument == "-":
        text = sys.stdin.read().strip()
        if not text:
            raise InvalidArguments(
                "stdin is empty: the command before the pipe printed no plan directory",
                hint="use `set -o pipefail` to stop when `tasks plan` fails",
            )
        argument = json.loads(text)["plan_dir"] if text.startswith("{") else text.splitlines()[-1]
    folder = Path(argument)
    if not folder.is_dir():
        raise InvalidArguments(f"there is no plan directory {argument}", hint="`tasks plan` makes one")
    return folder


def _valid_plan(folder: Path) -> Plan:
    plan = read_plan_folder(folder)
    error = rejection(validate(plan, folder))
    if error is not None:
        raise error
    return plan


def _files(folder: Path) -> dict[str, bytes]:
    names = (*ARTIFACTS, PLAN_DOCUMENT, DECISIONS_DOCUMENT)
    return {name: (folder / name).read_bytes() for name in names}
