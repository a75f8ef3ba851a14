"""From a plan folder and a repository to the input of ExecutePlan; nothing is started here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from activities.executors.registry import check_executors
from activities.plan_store import store_plan
from activities.run_preflight import Preflight, check_repository
from planner.machine.bounded_read import is_utf8
from planner.machine.repository_folders import known_repository_id, open_repository, repository_id
from planner.rules.plan_rules import rejection, validate
from planner.storage.plan_folder import read_plan_folder
from schemas.errors import GitFailed, RepositoryUnusable
from schemas.execution import ExecutePlanInput, RunLimits, StoredPlan
from schemas.identifiers import slug
from schemas.plan import ARTIFACTS, DECISIONS_DOCUMENT, PLAN_DOCUMENT, Plan, plan_id
from schemas.settings import Settings
from schemas.task_execution import RunExecutor, TaskReviewer
from schemas.tasks import ExecutionModel
from tasks_cli.plan_argument import plan_folder
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
    model: ExecutionModel | None
    executor: RunExecutor | None
    reviewer: TaskReviewer | None
    allow_blind_checks: bool


@dataclass(frozen=True, slots=True)
class CheckedRun:
    """A plan and a repository that fit, and what the user asked for; nothing was written to find that out."""

    options: RunOptions
    plan: Plan
    plan_id: str
    folder: Path
    repository: Path
    preflight: Preflight
    branch: str
    run_id: str | None
    """None: the repository was never worked on, so it has no id yet that a run could be named after."""
    settings: Settings


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A checked run whose plan is in the repository, and the input made of it."""

    plan: Plan
    run_id: str
    request: ExecutePlanInput


def check_run(plan_argument: str, options: RunOptions) -> CheckedRun:
    """Check the plan and the repository; nothing is written.

    Raises:
        InvalidArguments: when the repository or an option cannot be used, or a task has no executor.
        PlanValidationFailed: when the plan is not valid.
    """
    folder = plan_folder(plan_argument)
    plan = _valid_plan(folder)
    check_executors(plan.tasks.tasks, options.executor)
    settings = load_settings(os.environ, options.repo or Path.cwd())
    identity = plan_id(plan.tasks.generated.contentHash)
    rehearsal = options.executor == "noop"
    branch = (
        _default_branch(plan, identity, rehearsal=rehearsal) if options.branch is None else options.branch
    )
    repository = (options.repo or Path.cwd()).absolute()
    folders = open_repository(repository)
    if not is_utf8(folders.top):
        raise RepositoryUnusable(
            f"the path {folders.top} is not UTF-8", hint="rename its folders, or clone it"
        )
    known = known_repository_id(folders)
    run_id = options.run_id or (default_run_id(identity, known, rehearsal=rehearsal) if known else None)
    try:
        # No commit can be of a run whose name does not exist yet: the plan's id stands in for it.
        preflight = check_repository(repository, options.base, branch, run_id or identity, folder.absolute())
    except GitFailed as error:
        raise _unusable(repository, error) from error
    for warning in preflight.warnings:
        print_warning(warning)
    return CheckedRun(options, plan, identity, folder, repository, preflight, branch, run_id, settings)


def prepare_run(checked: CheckedRun) -> PreparedRun:
    """Store the plan in the repository's object store, and return the input of its run.

    Raises:
        RepositoryUnusable: when git cannot write there.
    """
    options, folders = checked.options, checked.preflight.folders
    run_id = checked.run_id or default_run_id(
        checked.plan_id, repository_id(folders), rehearsal=options.executor == "noop"
    )
    try:
        commit = store_plan(folders, _files(checked.folder), checked.plan_id, checked.preflight.identity)
    except GitFailed as error:
        raise _unusable(checked.repository, error) from error
    content = checked.plan.tasks.generated.contentHash
    request = ExecutePlanInput(
        repository=str(folders.top),
        plan=StoredPlan(plan_id=checked.plan_id, commit=commit, contentHash=content),
        base=checked.preflight.base_commit,
        branch=checked.branch,
        execution_model=options.model,
        executor=options.executor,
        reviewer=options.reviewer,
        notify=checked.settings.execute.notify,
        limits=RunLimits(max_concurrent=options.max_concurrent),
        timing=checked.settings.timing,
        checkpoint_interval=checked.settings.execute.checkpoint_interval,
        plan_folder=str(checked.folder.absolute()),
        allow_blind_checks=options.allow_blind_checks,
        flaky_checks=checked.settings.execute.flaky_checks,
    )
    return PreparedRun(checked.plan, run_id, request)


def _unusable(repository: Path, error: GitFailed) -> RepositoryUnusable:
    """Return what a failure of git means before a run has begun: the user's repository, and not our work."""
    return RepositoryUnusable(
        f"git cannot work with {repository}: {error.message}",
        hint=error.hint or "`git status` and `git fsck` there show what is damaged",
    )


def _default_branch(plan: Plan, identity: str, *, rehearsal: bool) -> str:
    """Return the branch of a run: what nobody has done must not stand where the real work will."""
    title = slug(plan.tasks.meta.title or identity)
    return f"rehearsal/{title}" if rehearsal else plan.tasks.meta.branch or f"feature/{title}"


def default_run_id(plan: str, repository: str, *, rehearsal: bool) -> str:
    """Return the id of the run of a plan in a repository: the same call finds the same run again."""
    return f"{plan}-{repository}" + ("-rehearsal" if rehearsal else "")


def _valid_plan(folder: Path) -> Plan:
    plan = read_plan_folder(folder)
    error = rejection(validate(plan, folder))
    if error is not None:
        raise error
    return plan


def _files(folder: Path) -> dict[str, bytes]:
    names = (*ARTIFACTS, PLAN_DOCUMENT, DECISIONS_DOCUMENT)
    return {name: (folder / name).read_bytes() for name in names}
