"""One input and one result for each activity; all of them can be run twice (design 7.3)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.execution import (
    ExecutePlanInput,
    Feedback,
    PlanOutline,
    RepositoryHandle,
    RunContext,
    StoredPlan,
)
from schemas.identifiers import CommitId, TaskId
from schemas.record import Count, NonNegative, Record

CheckVerdict = Literal["green", "red", "not_measurable"]


class CheckResult(Record):
    """One check as it was run: `log` is where its whole output is.

    `ended` says that its command ended by itself, `flaky` that it was red, and green when it was run again
    on the same tree; the verdict is then what the run's policy makes of it.
    """

    name: str
    kind: Literal["verify", "command", "artifact", "metric", "setup"]
    verdict: CheckVerdict
    detail: str = ""
    seconds: NonNegative = 0
    excerpt: str = ""
    log: str | None = None
    reused: bool = False
    ended: bool = True
    flaky: bool = False


class Attempt(Record):
    """Which attempt of which task an activity works for."""

    run: RunContext
    task_id: TaskId
    number: Annotated[int, Field(ge=1)]


class Lease(Record):
    """A worker's promise to an attempt: its queue, its worktree, and the token that every step compares."""

    token: str
    worker_id: str
    worktree: str


class OpenRepositoryInput(Record):
    """The folder of the target repository, as the user named it."""

    path: str


class LoadPlanInput(Record):
    """What to load for which run; `repository` is where it was opened."""

    run_id: str
    repository: RepositoryHandle
    request: ExecutePlanInput


class LandedTask(Record):
    """A task whose landing commit is in the feature branch."""

    task_id: TaskId
    commit: CommitId
    attempt: Count


class LoadPlanResult(Record):
    """The outline of the plan, and what git says is already done."""

    outline: PlanOutline
    plan: StoredPlan
    branch: str
    base_commit: CommitId
    landed: tuple[LandedTask, ...] = ()
    notes: tuple[str, ...] = ()
    search_attributes: bool = False


class ProbeInput(Record):
    """Probe the plan's verify commands once for a run."""

    run: RunContext


class ProbedCheck(Record):
    """Whether a verify command notices broken code."""

    command: str
    verdict: Literal["sees", "blind", "unproven"]
    detail: str = ""


class ProbeResult(Record):
    """The verdict on each verify command, and its state on the untouched base."""

    probes: tuple[ProbedCheck, ...] = ()
    baseline: tuple[CheckResult, ...] = ()


class PreTestInput(Record):
    """Lease a worker (when `lease` is None), prepare the worktree, and record the checks on the base.

    With `resume_from`, the work of a lost worker goes on from this commit.
    """

    attempt: Attempt
    lease: Lease | None = None
    resume_from: CommitId | None = None


class PreTestResult(Record):
    """The lease, the commit the attempt starts from, and whether to go on.

    `ask` is what a person is asked, when he does the task.
    """

    lease: Lease
    base_commit: CommitId
    checks: tuple[CheckResult, ...] = ()
    go: bool
    feedback: tuple[Feedback, ...] = ()
    fatal: bool = False
    ask: str | None = None


class DevelopInput(Record):
    """Let the executor do the task; `feedback` is what earlier attempts were sent back with."""

    attempt: Attempt
    lease: Lease
    base_commit: CommitId
    feedback: tuple[Feedback, ...] = ()


class DevelopResult(Record):
    """The commit of the work on the task branch (None when the executor failed), and what it changed.

    `left_out` differed in the worktree and was not committed; new empty files are not listed.
    """

    commit: CommitId | None
    changed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    already_done: bool = False


class ReviewInput(Record):
    """Review the difference between `base_commit` and `commit`."""

    attempt: Attempt
    lease: Lease
    base_commit: CommitId
    commit: CommitId
    left_out: tuple[str, ...] = ()
    already_done: bool = False
    human: bool = False


class ReviewResult(Record):
    """The reviewer's verdict; `reviewer` says who it was, `notes` what was noticed without rejecting.

    `ask` is what a person is asked, when he has to agree as well.
    """

    accepted: bool
    reviewer: str
    feedback: tuple[Feedback, ...] = ()
    notes: tuple[str, ...] = ()
    ask: str | None = None


class PostTestInput(Record):
    """Run the task's checks and the plan's verify commands on the committed work."""

    attempt: Attempt
    lease: Lease
    base_commit: CommitId
    commit: CommitId


class PostTestResult(Record):
    """Whether the work passed on its own branch; `notes` say what was flaky."""

    passed: bool
    checks: tuple[CheckResult, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    notes: tuple[str, ...] = ()


class LandInput(Record):
    """Bring an accepted commit onto the feature branch."""

    attempt: Attempt
    base_commit: CommitId
    commit: CommitId


class LandResult(Record):
    """The landing commit, or why the task was sent back; `notes` say what was flaky."""

    outcome: Literal["landed", "conflict", "red"]
    commit: CommitId | None = None
    checks: tuple[CheckResult, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    notes: tuple[str, ...] = ()


class ReleaseInput(Record):
    """End what is left of an attempt's processes and remove its worktree; its branch stays."""

    attempt: Attempt
    lease: Lease


class FinishRunInput(Record):
    """Tidy up after a run: worktrees of the run, locks; branches, refs and evidence stay."""

    run: RunContext
    state: Literal["succeeded", "failed", "cancelled"]


class FinishRunResult(Record):
    """The tip of the feature branch when the run ended."""

    tip: CommitId | None
    notes: tuple[str, ...] = ()
