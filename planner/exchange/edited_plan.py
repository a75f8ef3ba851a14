"""A plan whose features.json or tasks.json was edited by hand becomes a draft again (seed 001, commands)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from planner.draft import UNSEALED_HASH, Draft, EstimateOrigin
from planner.rules.plan_rules import RULES
from planner.stages.scheduled_models import RULE as NO_FORECAST
from planner.storage.artifact_text import parse_artifact
from planner.storage.plan_folder import described, plan_file_text, read_plan_meta
from schemas.dag import DagFile, Finding
from schemas.errors import InvalidArguments, PlanValidationFailed
from schemas.features import FeaturesFile
from schemas.plan import ARTIFACTS, DAG_FILE, FEATURES_FILE, TASKS_FILE, Drafter
from schemas.record import Record
from schemas.tasks import Dependency, TasksFile

RESOURCE_TYPES = frozenset({"mutual_exclusion", "resource_limited"})
Artifact = TypeVar("Artifact", bound=Record)


@dataclass(frozen=True, slots=True)
class EditedPlan:
    """What was read of a plan folder: the draft, and the settings that its tasks.json states."""

    draft: Draft
    stated: Mapping[str, object]
    """By name of the setting; a flag of the user's goes before."""
    codebase: str | None


def read_edited_plan(folder: Path) -> EditedPlan:
    """Return the draft that features.json and tasks.json hold; everything else is computed from them again.

    Raises:
        InvalidArguments: there is no such folder.
        PlanValidationFailed: one of the two files cannot be read; names file, line and path.
    """
    if not folder.is_dir():
        raise InvalidArguments(
            f"there is no plan folder {folder}", hint="give the folder that `tasks plan` printed"
        )
    features = _required(folder, FEATURES_FILE, FeaturesFile)
    tasks = _required(folder, TASKS_FILE, TasksFile)
    meta = read_plan_meta(folder)
    drafter = meta.drafter if meta is not None else "document"
    return edited_plan(features, tasks, _dag(folder), drafter, meta.codebase if meta is not None else None)


def edited_plan(
    features: FeaturesFile,
    tasks: TasksFile,
    dag: DagFile | None,
    drafter: Drafter = "document",
    codebase: str | None = None,
) -> EditedPlan:
    """Return the draft that features and tasks hold.

    Args:
        features: the features.
        tasks: the tasks; hashes and what phase 5 recorded in them are computed again.
        dag: the findings in it that were noted when documents were read are kept.
        drafter: who made the first draft.
        codebase: the root of the repository it was made for, if that is known.
    """
    stated: dict[str, object] = {
        "execution_model": tasks.meta.execution_model,
        "min_confidence": tasks.meta.min_confidence,
        "max_concurrent": tasks.meta.resource_limits.max_concurrent_tasks,
        "strict": bool(tasks.meta.strict),
    }
    draft = Draft(
        drafter=drafter,
        title=tasks.meta.title or "",
        features=features.features,
        tasks=tuple(task.model_copy(update={"contentHash": UNSEALED_HASH}) for task in tasks.tasks),
        dependencies=tuple(item for item in tasks.dependencies if not _was_recorded(item)),
        codebase=tasks.meta.codebase_analysis,
        meta=tasks.meta,
        estimate_origins=_estimate_origins(tasks),
        statements=features.statements or (),
        autonormalization=tasks.meta.autonormalization,
        findings=_findings_of_the_draft(dag, {task.id for task in tasks.tasks}),
    )
    return EditedPlan(draft, stated, codebase)


def _required(folder: Path, name: str, model: type[Artifact]) -> Artifact:
    try:
        text = plan_file_text(folder / name)
    except (OSError, ValueError) as error:
        raise PlanValidationFailed(
            f"{folder / name} cannot be read: {error}", hint="a plan begins with features.json and tasks.json"
        ) from error
    parsed = parse_artifact(name, text, ARTIFACTS[name])
    if isinstance(parsed, model):
        return parsed
    findings = cast("tuple[Finding, ...]", parsed)
    listed = "\n".join(f"  {described(finding)}" for finding in findings)
    raise PlanValidationFailed(f"{folder / name} cannot be read:\n{listed}", hint="mend the file as said")


def _was_recorded(item: Dependency) -> bool:
    """Return whether phase 5 wrote the entry: it writes it again for the resources as they are now."""
    by_us = any(evidence.type == "infrastructure" for evidence in item.evidence)
    return item.type in RESOURCE_TYPES and by_us and item.reason == f"both need {item.shared_resource}"


def _estimate_origins(tasks: TasksFile) -> dict[str, EstimateOrigin]:
    """Return where each estimate comes from, as the task itself says; one without a word was stated."""
    found: dict[str, EstimateOrigin] = {}
    for task in tasks.tasks:
        if task.duration is not None:
            said = (task.origin or {}).get("duration", "document")
            found[task.id] = (
                "sizing_rule" if said == "default" else "model" if said == "model" else "document"
            )
    return found


def _dag(folder: Path) -> DagFile | None:
    """Return dag.json; it is computed again, so that one that cannot be read is none."""
    try:
        parsed = parse_artifact(DAG_FILE, plan_file_text(folder / DAG_FILE), DagFile)
    except (OSError, ValueError):
        return None
    return parsed if isinstance(parsed, DagFile) else None


def _findings_of_the_draft(dag: DagFile | None, tasks: set[str]) -> tuple[Finding, ...]:
    """Return what was noted when the documents were read; what rules find is found again."""
    again = {NO_FORECAST, *(rule.name for rule in RULES)}
    noted = (item for item in dag.warnings if isinstance(item, Finding)) if dag is not None else ()
    return tuple(item for item in noted if item.rule not in again and item.task in {None, *tasks})
