"""A run without a server: the real phases, in the order in which ExecuteTask calls them, on real git."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from activities.develop_phase import run_develop
from activities.landing_phase import run_land
from activities.post_test_phase import run_post_test
from activities.pre_test_phase import run_pre_test
from activities.review_phase import run_review
from activities.run_ending import finish
from activities.run_loading import load
from activities.task_frame import TaskFrame, open_frame
from planner.machine.repository_folders import open_repository, repository_id, worktrees_root
from planner.scheduling.task_cycle import TaskCycle, conflicted, passed, sent_back
from schemas.activity_io import (
    Attempt,
    CheckResult,
    DevelopInput,
    FinishRunInput,
    LandInput,
    Lease,
    LoadPlanInput,
    PostTestInput,
    ReviewInput,
)
from schemas.execution import Phase, PlanOutline, RepositoryHandle, RunContext
from tests.small_project import PlannedProject

RUN = "run-1"


@dataclass(frozen=True, slots=True)
class PhasedRun:
    """A loaded run."""

    context: RunContext
    state: Path
    outline: PlanOutline
    notes: tuple[str, ...] = ()

    def task(self, task_id: str) -> TaskInRun:
        """Return a task that has not begun."""
        outline = next(found for found in self.outline.tasks if found.id == task_id)
        return TaskInRun(self, task_id, TaskCycle(allowed=outline.attempts))

    def complete(self, task_id: str) -> TaskInRun:
        """Run a task to its end, which must be its landing in the first attempt."""
        task = self.task(task_id)
        task.run()
        assert (task.cycle.outcome, task.cycle.spent) == ("completed", 1), task.cycle.feedback
        return task

    def finish(self) -> None:
        """End the run."""
        finish(FinishRunInput(run=self.context, state="succeeded"), self.state)


@dataclass(slots=True)
class TaskInRun:
    """A task that goes through its phases."""

    run_of: PhasedRun
    task_id: str
    cycle: TaskCycle
    lease: Lease | None = None
    base: str = ""
    commit: str = ""
    landed: str | None = None
    left_out: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    notes: tuple[str, ...] = ()

    def run(self) -> None:
        """Run every phase until the task has ended."""
        while not self.cycle.ended:
            self.step()

    def run_until(self, phase: Phase) -> None:
        """Run the phases before this one."""
        while self.cycle.phase != phase:
            assert not self.cycle.ended, self.cycle.feedback
            self.step()

    def step(self) -> None:
        """Run the next phase."""
        run = self.run_of.context
        attempt = Attempt(run=run, task_id=self.task_id, number=self.cycle.attempt)
        steps = {
            "pre_test": self._pre_test,
            "develop": self._develop,
            "review": self._review,
            "post_test": self._post_test,
            "land": self._land,
        }
        steps[self.cycle.phase](open_frame(attempt, self.cycle.phase))

    def _pre_test(self, frame: TaskFrame) -> None:
        if self.lease is None:
            root = worktrees_root(frame.folders, frame.attempt.run.run_id, self.run_of.state)
            place = root / f"{self.task_id}.1"
            self.lease = Lease(token=f"token-{self.task_id}", worker_id="worker", worktree=str(place))
        answer = asyncio.run(run_pre_test(frame, self.lease, None))
        self.base = answer.base_commit
        self.cycle = (
            passed(self.cycle) if answer.go else sent_back(self.cycle, answer.feedback, fatal=answer.fatal)
        )

    def _develop(self, frame: TaskFrame) -> None:
        request = DevelopInput(
            attempt=frame.attempt, lease=self._held(), base_commit=self.base, feedback=self.cycle.feedback
        )
        answer = asyncio.run(run_develop(frame, request, 1))
        self.commit, self.left_out = answer.commit or "", answer.left_out
        self.cycle = passed(self.cycle) if answer.commit else sent_back(self.cycle, answer.feedback)

    def _review(self, frame: TaskFrame) -> None:
        request = ReviewInput(
            attempt=frame.attempt,
            lease=self._held(),
            base_commit=self.base,
            commit=self.commit,
            left_out=self.left_out,
        )
        answer = asyncio.run(run_review(frame, request))
        self.notes += answer.notes
        self.cycle = passed(self.cycle) if answer.accepted else sent_back(self.cycle, answer.feedback)

    def _post_test(self, frame: TaskFrame) -> None:
        request = PostTestInput(
            attempt=frame.attempt, lease=self._held(), base_commit=self.base, commit=self.commit
        )
        answer = asyncio.run(run_post_test(frame, request))
        self.checks = answer.checks
        self.notes += answer.notes
        self.cycle = passed(self.cycle) if answer.passed else sent_back(self.cycle, answer.feedback)

    def _land(self, frame: TaskFrame) -> None:
        request = LandInput(attempt=frame.attempt, base_commit=self.base, commit=self.commit)
        answer = asyncio.run(run_land(frame, request, self.run_of.state))
        self.checks = answer.checks
        self.notes += answer.notes
        match answer.outcome:
            case "landed":
                self.landed = answer.commit
                self.cycle = passed(self.cycle)
            case "conflict":
                self.cycle = conflicted(self.cycle, answer.feedback)
            case "red":
                self.cycle = sent_back(self.cycle, answer.feedback)

    def _held(self) -> Lease:
        assert self.lease is not None
        return self.lease


def load_run(
    project: PlannedProject,
    state: Path,
    run_id: str = RUN,
    branch: str | None = None,
    ended: Collection[str] = (),
    **changes: object,
) -> PhasedRun:
    """Load a run of a plan, as the workflow does first.

    Args:
        project: the repository and its plan.
        state: the state folder of the workers.
        run_id: the run.
        branch: the feature branch; None is the plan's own.
        ended: other runs that are over.
        changes: other fields of the run's context.
    """
    folders = open_repository(project.repository)
    handle = RepositoryHandle(path=str(folders.top), repository_id=repository_id(folders))
    request = project.request.model_copy(update={"branch": branch})
    loaded = load(
        LoadPlanInput(run_id=run_id, repository=handle, request=request), lambda other: other in ended
    )
    context = RunContext(
        run_id=run_id,
        repository=handle,
        plan=loaded.plan,
        branch=loaded.branch,
        base_commit=loaded.base_commit,
        timing=request.timing,
    )
    return PhasedRun(context.model_copy(update=changes), state, loaded.outline, loaded.notes)
