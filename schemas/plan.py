"""A plan: the seven artifacts together, their file names, and the folder's own record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from schemas.canonical_json import content_hashes
from schemas.coordinator import CoordinatorFile
from schemas.dag import DagFile
from schemas.features import FeaturesFile
from schemas.identifiers import ContentHash
from schemas.record import Record
from schemas.tasks import TasksFile
from schemas.waves import WavesFile

FEATURES_FILE = "features.json"
TASKS_FILE = "tasks.json"
DAG_FILE = "dag.json"
WAVES_FILE = "waves.json"
COORDINATOR_FILE = "coordinator.json"
PLAN_DOCUMENT = "Plan.md"
DECISIONS_DOCUMENT = "Decisions.md"
META_FILE = ".tasks-meta.json"
CHECKPOINTS_FOLDER = "checkpoints"

ARTIFACTS: dict[str, type[Record]] = {
    FEATURES_FILE: FeaturesFile,
    TASKS_FILE: TasksFile,
    DAG_FILE: DagFile,
    WAVES_FILE: WavesFile,
    COORDINATOR_FILE: CoordinatorFile,
}
FENCE_ORDER = (*ARTIFACTS, PLAN_DOCUMENT, DECISIONS_DOCUMENT)
PLAN_ID_PATTERN = r"^PLAN-[0-9a-f]{8}$"

Drafter = Literal["document", "tasks-md", "model", "agent"]


class PlanMetaFile(Record):
    """The whole of .tasks-meta.json: who wrote the folder, and the sha256 of each file as written."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    format: Literal["T.A.S.K.S v3"] = "T.A.S.K.S v3"
    version: str
    plan_id: Annotated[str, Field(pattern=PLAN_ID_PATTERN)]
    drafter: Drafter
    timestamp: str
    contentHash: ContentHash
    files: dict[str, ContentHash]
    codebase: str | None = None
    estimate_origins: dict[str, Literal["document", "sizing_rule", "model"]] = {}


@dataclass(frozen=True, slots=True)
class Plan:
    """The seven artifacts in memory."""

    features: FeaturesFile
    tasks: TasksFile
    dag: DagFile
    waves: WavesFile
    coordinator: CoordinatorFile
    plan_document: str
    decisions_document: str


def tasks_hashes(tasks: TasksFile) -> tuple[str, tuple[str, ...]]:
    """Return the content hash of tasks.json and those of its tasks, whatever hashes stand in it."""
    around = tasks.model_copy(update={"tasks": ()}).as_json()
    return content_hashes(around, "tasks", (task.as_json() for task in tasks.tasks))


def plan_id(tasks_content_hash: str) -> str:
    """Return the plan's id: `PLAN-` and the first 8 hex digits of the content hash of tasks.json."""
    return f"PLAN-{tasks_content_hash[:8]}"
