"""The content hash of each artifact: written last, over everything else in it."""

from __future__ import annotations

from typing import TypeVar

from schemas.canonical_json import content_hash
from schemas.coordinator import CoordinatorFile
from schemas.dag import DagFile
from schemas.features import FeaturesFile, Generated
from schemas.plan import tasks_hashes
from schemas.tasks import Task, TasksFile
from schemas.waves import WavesFile

GENERATOR = "T.A.S.K.S v3"
UNSEALED = "0" * 64
Artifact = TypeVar("Artifact", FeaturesFile, TasksFile, DagFile, WavesFile, CoordinatorFile)


def unsealed(timestamp: str) -> Generated:
    """Return the `generated` block of an artifact that is still being made; `timestamp` is UTC, ISO 8601."""
    return Generated(by=GENERATOR, timestamp=timestamp, contentHash=UNSEALED)


def sealed(artifact: Artifact) -> Artifact:
    """Return the artifact with its own content hash in `generated`."""
    if artifact.generated is None:
        return artifact
    if isinstance(artifact, TasksFile):
        digest, _ = tasks_hashes(artifact)
    else:
        digest = content_hash(artifact.as_json())
    return artifact.model_copy(
        update={"generated": artifact.generated.model_copy(update={"contentHash": digest})}
    )


def sealed_task(task: Task) -> Task:
    """Return the task with its own content hash: what a landed commit is later compared with."""
    return task.model_copy(update={"contentHash": content_hash(task.as_json())})
