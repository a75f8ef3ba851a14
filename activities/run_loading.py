"""Loading a run: its plan, the state of its repository, and what git says is done."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from activities.executors.registry import check_executors
from activities.kept_requests import keep_request
from activities.landed_tasks import landed_tasks
from activities.landed_tip import remember_tip
from activities.plan_store import store_plan
from activities.run_preflight import Preflight, check_repository, create_feature_branch
from activities.stored_plans import ReadPlan, read_plan
from activities.work_content import work_content
from planner.plan_outline import OutlineChoices, notes_on_barriers, plan_outline
from planner.rules.plan_rules import rejection, validate
from planner.storage.plan_folder import read_plan_folder
from schemas.activity_io import LoadPlanInput, LoadPlanResult
from schemas.errors import PlanValidationFailed
from schemas.execution import ExecutePlanInput, StoredPlan
from schemas.identifiers import slug
from schemas.plan import ARTIFACTS, DECISIONS_DOCUMENT, PLAN_DOCUMENT, Plan, plan_id


def load(request: LoadPlanInput, has_ended: Callable[[str], bool]) -> LoadPlanResult:
    """Return the outline of the plan and the tasks that have landed; makes the feature branch.

    Args:
        request: what to load.
        has_ended: whether another run is over; a branch belongs to one run at a time.

    Raises:
        PlanValidationFailed: when the plan is not there, not the one that was meant, or not valid.
        RepositoryUnusable: when the repository does not allow the run.
        InvalidArguments: when a task has no executor.
    """
    wanted, path = request.request, Path(request.request.repository)
    base = wanted.base
    branch = wanted.branch or f"feature/{slug(request.run_id)}"
    folder = Path(wanted.plan_folder) if wanted.plan_folder else None
    preflight = check_repository(path, base, branch, request.run_id, folder)
    stored, plan = _plan(preflight, wanted)
    check_executors(plan.tasks.tasks, wanted.executor)
    if wanted.branch is None:
        branch = plan.meta.branch or f"feature/{slug(plan.meta.title or stored.plan_id)}"
        preflight = check_repository(path, base, branch, request.run_id, folder)
    _remember(preflight, request, stored, branch, has_ended)
    tip = create_feature_branch(preflight.folders, branch, preflight.base_commit)
    remember_tip(preflight.folders, request.run_id, tip)
    contents = {task.id: work_content(task) for task in plan.tasks.tasks}
    landed, notes = landed_tasks(preflight.folders, branch, preflight.base_commit, contents)
    choices = OutlineChoices(wanted.execution_model, wanted.executor, wanted.reviewer)
    outline = plan_outline(plan.tasks, plan.waves, choices)
    on_waves = notes_on_barriers(plan.waves) if outline.model == "wave_based" else ()
    return LoadPlanResult(
        outline=outline,
        plan=stored,
        branch=branch,
        base_commit=preflight.base_commit,
        landed=landed,
        notes=(*preflight.warnings, *notes, *on_waves),
    )


def _plan(preflight: Preflight, wanted: ExecutePlanInput) -> tuple[StoredPlan, ReadPlan]:
    if wanted.plan is not None:
        return wanted.plan, read_plan(preflight.folders, wanted.plan)
    files = {name: text.encode() for name, text in (wanted.inline or {}).items()}
    plan = _inline_plan(files)
    identity = plan_id(plan.tasks.generated.contentHash)
    commit = store_plan(preflight.folders, files, identity, preflight.identity)
    stored = StoredPlan(plan_id=identity, commit=commit, contentHash=plan.tasks.generated.contentHash)
    return stored, read_plan(preflight.folders, stored)


def _inline_plan(files: Mapping[str, bytes]) -> Plan:
    """Return the plan that came with the request; it is read like any plan folder, and so judged like one."""
    known = {*ARTIFACTS, PLAN_DOCUMENT, DECISIONS_DOCUMENT}
    foreign = sorted(set(files) - known)
    if foreign:
        raise PlanValidationFailed(f"an inline plan has no file {foreign[0]!r}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        plan = read_plan_folder(folder)
        error = rejection(validate(plan, folder))
    if error is not None:
        raise error
    return plan


def _remember(
    preflight: Preflight,
    request: LoadPlanInput,
    stored: StoredPlan,
    branch: str,
    has_ended: Callable[[str], bool],
) -> None:
    update = {"plan": stored, "inline": None, "branch": branch, "base": preflight.base_commit}
    kept = request.request.model_copy(update=update)
    keep_request(preflight.folders, request.run_id, kept, has_ended)
