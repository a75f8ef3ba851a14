"""The activities of a host worker: the phases of an attempt that need its worktree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio import activity

from activities.activity_scope import activity_scope
from activities.develop_phase import run_develop
from activities.hand_work import done_by_hand, keep_hand_work
from activities.lease_table import LeaseTable
from activities.post_test_phase import run_post_test
from activities.pre_test_phase import run_pre_test
from activities.review_phase import run_review
from activities.task_frame import TaskFrame, open_frame
from activities.uninterrupted import uninterrupted
from activities.worktrees import remove_worktree
from planner.machine.processes import end_survivors
from planner.machine.repository_folders import worktrees_root
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import (
    Attempt,
    DevelopInput,
    DevelopResult,
    Lease,
    PostTestInput,
    PostTestResult,
    PreTestInput,
    PreTestResult,
    ReleaseInput,
    ReviewInput,
    ReviewResult,
)


@dataclass(frozen=True, slots=True)
class Host:
    """Who this worker is, where it keeps its state, and which attempts it holds."""

    worker_id: str
    state: Path
    leases: LeaseTable


class HostActivities:
    """One method for each activity; the work itself is in the phase modules."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @activity.defn
    async def pre_test(self, request: PreTestInput) -> PreTestResult:
        """Lease this worker to the attempt, prepare its worktree, run the checks on the base."""
        token = request.lease.token if request.lease else self._host.leases.new_token()
        try:
            async with activity_scope(request.attempt.run.run_id, request.attempt):
                frame, lease = await uninterrupted(self._frame_and_lease, request, token)
                with self._host.leases.working(token) as lock:
                    async with lock:
                        return await run_pre_test(frame, lease, request.resume_from)
        except BaseException:
            if request.lease is None:
                self._host.leases.release(token)
            raise

    @activity.defn
    async def develop(self, request: DevelopInput) -> DevelopResult:
        """Let the executor do the task and commit what it did in scope."""
        async with self._phase(request.attempt, request.lease, "develop") as frame:
            return await run_develop(frame, request, activity.info().attempt)

    @activity.defn
    async def review(self, request: ReviewInput) -> ReviewResult:
        """Judge the committed difference."""
        async with self._phase(request.attempt, request.lease, "review") as frame:
            return await run_review(frame, request)

    @activity.defn
    async def post_test(self, request: PostTestInput) -> PostTestResult:
        """Run the checks on the committed work."""
        async with self._phase(request.attempt, request.lease, "post_test") as frame:
            return await run_post_test(frame, request)

    @activity.defn
    async def release(self, request: ReleaseInput) -> None:
        """End what is left of the attempt and remove its worktree; its branch and evidence stay."""
        async with (
            activity_scope(request.attempt.run.run_id, request.attempt),
            # A phase that Temporal has given up may still be at work in the worktree.
            self._host.leases.releasing(request.lease.token),
        ):
            await uninterrupted(_removed, request.attempt, request.lease)

    @asynccontextmanager
    async def _phase(self, attempt: Attempt, lease: Lease, phase: str) -> AsyncIterator[TaskFrame]:
        """Keep two tries of one lease apart, and end what an earlier one left running."""
        async with activity_scope(attempt.run.run_id, attempt):
            with self._host.leases.working(lease.token) as lock:
                async with lock:
                    yield await uninterrupted(_taken_up, attempt, lease, phase)

    def _frame_and_lease(self, request: PreTestInput, token: str) -> tuple[TaskFrame, Lease]:
        frame = open_frame(request.attempt, "pre_test")
        return frame, request.lease or self._new_lease(frame, token)

    def _new_lease(self, frame: TaskFrame, token: str) -> Lease:
        root = worktrees_root(frame.folders, frame.attempt.run.run_id, self._host.state)
        worktree = root / f"{frame.task.id}.{token}"
        return Lease(token=token, worker_id=self._host.worker_id, worktree=str(worktree))


def _taken_up(attempt: Attempt, lease: Lease, phase: str) -> TaskFrame:
    """Return the surroundings of a phase; what an earlier try of it left running has ended."""
    end_survivors(WorkFolder(Path(lease.worktree)).processes)
    return open_frame(attempt, phase)


def _removed(attempt: Attempt, lease: Lease) -> None:
    """Let nothing of an attempt be left but its branch, its evidence and what a person did."""
    frame = open_frame(attempt, "release")
    work = WorkFolder(Path(lease.worktree))
    end_survivors(work.processes)
    if done_by_hand(frame):
        keep_hand_work(frame, work.path.parent)
    remove_worktree(frame.folders, work)
