"""Plans as the activities read them: from the object store, checked, and kept while they are in use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from pydantic import ValidationError

from activities.plan_store import read_plan_file
from planner.machine.repository_folders import RepositoryFolders
from schemas.canonical_json import content_hash
from schemas.errors import PlanValidationFailed
from schemas.execution import StoredPlan
from schemas.plan import TASKS_FILE, WAVES_FILE
from schemas.tasks import Task, TasksFile, TasksMeta
from schemas.waves import WavesFile

KEPT_PLANS = 8
Artifact = TypeVar("Artifact", TasksFile, WavesFile)


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """The parts of a plan that execution needs, tasks by id."""

    tasks: TasksFile
    waves: WavesFile
    by_id: Mapping[str, Task]

    @property
    def meta(self) -> TasksMeta:
        """Return what holds for the whole plan."""
        return self.tasks.meta

    @property
    def setup(self) -> tuple[str, ...]:
        """Return the scripts that build the environment."""
        return tuple(command.script for command in self.tasks.meta.setup or ())


@lru_cache(maxsize=KEPT_PLANS)
def read_plan(folders: RepositoryFolders, plan: StoredPlan) -> ReadPlan:
    """Return a stored plan.

    Raises:
        PlanValidationFailed: when it is not there, cannot be read, or is not the plan that was meant.
    """
    tasks = _parse(TasksFile, read_plan_file(folders, plan.commit, TASKS_FILE), TASKS_FILE)
    waves = _parse(WavesFile, read_plan_file(folders, plan.commit, WAVES_FILE), WAVES_FILE)
    found = content_hash(tasks.as_json())
    if found != plan.contentHash:
        raise PlanValidationFailed(
            f"the stored plan {plan.plan_id} has the content hash {found}, not {plan.contentHash}",
            hint="validate the plan folder and start the run again from it",
        )
    return ReadPlan(tasks, waves, {task.id: task for task in tasks.tasks})


def _parse(model: type[Artifact], data: bytes, name: str) -> Artifact:
    try:
        return model.model_validate(json.loads(data))
    except (ValidationError, ValueError) as error:
        raise PlanValidationFailed(f"{name} of the stored plan cannot be read: {error}") from error
