"""What every phase of an attempt works with: repository, plan, task, worktree and evidence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from activities.attempt_memory import AttemptMemory
from activities.evidence_store import Evidence, secret_values
from activities.script_runner import Workbench
from activities.stored_plans import ReadPlan, read_plan
from activities.task_commits import TaskTrailers
from activities.work_content import work_content
from planner.codebase.paths_of_tests import TEST_GLOBS
from planner.machine.git_reader import Identity, identity
from planner.machine.repository_folders import (
    RepositoryFolders,
    evidence_folder,
    reopen_repository,
)
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import Attempt
from schemas.errors import PlanValidationFailed, RepositoryUnusable
from schemas.identifiers import slug
from schemas.settings import TimingSettings
from schemas.tasks import PlanCommand, Task

KEPT_AUTHORS = 64
SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class TaskFrame:
    """The surroundings of one attempt, read once by each activity."""

    attempt: Attempt
    folders: RepositoryFolders
    plan: ReadPlan
    task: Task
    evidence: Evidence

    @property
    def memory(self) -> AttemptMemory:
        """Return what earlier phases of this attempt left for later ones."""
        return AttemptMemory(self.evidence.folder)

    def bench(self, work: WorkFolder, extra: Mapping[str, str] | None = None) -> Workbench:
        """Return where this attempt's scripts run."""
        return Workbench(
            work=work,
            evidence=self.evidence,
            outer=os.environ,
            deadline_seconds=self.deadline_seconds,
            env_pass=self.env_pass,
            extra=extra or {},
            grace_seconds=self.timing.grace,
        )

    @property
    def timing(self) -> TimingSettings:
        """Return the run's times."""
        return self.attempt.run.timing

    @property
    def deadline_seconds(self) -> float:
        """Return how long one command of this task may take."""
        own = self.task.execution.timeout_minutes if self.task.execution else None
        return own * SECONDS_PER_MINUTE if own else self.timing.command_deadline

    @property
    def env_pass(self) -> tuple[str, ...]:
        """Return the names of the variables that this task's commands may see."""
        return _passed(self.task)

    @property
    def branch(self) -> str:
        """Return the task's own branch."""
        return f"task/{self.attempt.run.run_id}/{self.task.id}-{slug(self.task.title)}"

    @property
    def trailers(self) -> TaskTrailers:
        """Return the trailers of this attempt's commits."""
        run = self.attempt.run
        return TaskTrailers(run.run_id, self.task.id, self.attempt.number, work_content(self.task))

    @property
    def verify(self) -> tuple[PlanCommand, ...]:
        """Return the plan's verify commands."""
        return self.plan.meta.verify or ()

    def scope(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the patterns the task may touch, and those it must not."""
        files = self.task.file_scope
        scope = self.task.boundaries.scope if self.task.boundaries else None
        excludes = scope.excludes if scope else ()
        if files is not None and (files.modify or files.create):
            tests = TEST_GLOBS if scope and scope.allows_tests else ()
            return (*files.modify, *files.create, *tests), excludes
        return (scope.includes if scope else ("**",)), excludes

    def author(self) -> Identity:
        """Return the author of the commits: the user.

        Raises:
            RepositoryUnusable: when git does not know who that is.
        """
        return _author(self.folders.top, self.attempt.run.run_id, _written(self.folders.common / "config"))


def _written(config: Path) -> tuple[float, float]:
    """Return when the repository's and the user's configuration were written last."""
    own, user = (
        file.stat().st_mtime if file.exists() else 0.0 for file in (config, Path.home() / ".gitconfig")
    )
    return own, user


@lru_cache(maxsize=KEPT_AUTHORS)
def _author(top: Path, _run_id: str, _written: tuple[float, float]) -> Identity:
    """Return who git says the user is; asked again for another run, or when he may have said otherwise."""
    found = identity(top)
    if found is None:
        raise RepositoryUnusable(
            "git does not know who you are, so it cannot say who is the author of the commits",
            hint="git config --global user.name, and user.email",
        )
    return found


def open_frame(attempt: Attempt, phase: str) -> TaskFrame:
    """Return the surroundings of an attempt.

    Raises:
        PlanValidationFailed: when the stored plan cannot be read or has no such task.
        RepositoryUnusable: when the repository is gone.
    """
    run = attempt.run
    folders = reopen_repository(Path(run.repository.path))
    plan = read_plan(folders, run.plan)
    task = plan.by_id.get(attempt.task_id)
    if task is None:
        raise PlanValidationFailed(f"the plan {run.plan.plan_id} has no task {attempt.task_id}")
    folder = evidence_folder(folders, run.run_id, task.id, attempt.number)
    hidden = {name: os.environ[name] for name in _passed(task) if name in os.environ}
    evidence = Evidence(folder, phase, secret_values(hidden))
    return TaskFrame(attempt, folders, plan, task, evidence)


def _passed(task: Task) -> tuple[str, ...]:
    return task.execution.env_pass if task.execution else ()
