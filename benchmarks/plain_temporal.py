"""The baselines: plain Temporal children that call as many activities as one of our tasks.

They do nothing; or they do by hand what a task needs of git, as one would write it with the SDK alone: a
worktree of its own, a commit, a merge into the branch and the worktree's removal, without a lease, a check, a
proof, a way back after a crash, or git's waiting for the disk.
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

QUEUE = "plain-temporal"
LIMIT = timedelta(seconds=30)
ONCE = RetryPolicy(maximum_attempts=1)  # a benchmark that fails has to say so
BRANCH = "feature/plain"
LANDING = "landing"
LIKE_OURS = ("-c", "gc.auto=0", "-c", "maintenance.auto=false")
# Neither is safe in parallel; the two are with each other.
WORKTREES, MERGES = asyncio.Lock(), asyncio.Lock()


@dataclass(frozen=True)
class PlainWork:
    """How many activities each child calls, and where their worktrees are: nowhere if they do nothing."""

    activities: int
    repository: str = ""
    worktrees: str = ""


@activity.defn
async def step(number: int, task: str, work: PlainWork) -> int:
    """Do one step of a task with git, or nothing."""
    if work.repository:
        await git_step(number, task, work)
    return number


async def git_step(number: int, task: str, work: PlainWork) -> None:
    """Do what this activity of ours does with git: add, commit, (review, test,) merge, remove."""
    place, branch = str(Path(work.worktrees) / task), f"plain/{task}"
    if number == 0:
        async with WORKTREES:
            await git(work.repository, "worktree", "add", "-q", "-b", branch, place, BRANCH)
    elif number == 1:
        await git(place, "add", "--all")
        await git(place, "commit", "-q", "--allow-empty", "-m", f"Keep part {task}")
    elif number == work.activities - 2:
        async with MERGES:
            landing = str(Path(work.worktrees) / LANDING)
            await git(landing, "merge", "-q", "--no-ff", "-m", f"Land {task}", branch)
    elif number == work.activities - 1:
        async with WORKTREES:
            await git(work.repository, "worktree", "remove", "--force", place)


async def git(folder: str, *arguments: str) -> None:
    """Run git there."""
    process = await asyncio.create_subprocess_exec("git", *LIKE_OURS, "-C", folder, *arguments)
    if await process.wait():
        raise RuntimeError(f"git {' '.join(arguments)} ended with {process.returncode}")


@workflow.defn
class PlainTask:
    """As many activities as one of our tasks."""

    @workflow.run
    async def run(self, task: str, work: PlainWork) -> None:
        """Call them one after the other."""
        for number in range(work.activities):
            await workflow.execute_activity(
                step, args=[number, task, work], start_to_close_timeout=LIMIT, retry_policy=ONCE
            )


@workflow.defn
class PlainPlan:
    """Children that wait for each other, a number of them at a time."""

    @workflow.run
    async def run(self, dependencies: list[list[int]], at_once: int, work: PlainWork) -> None:
        """Start each child when those it depends on have ended."""
        slots = asyncio.Semaphore(at_once)
        ended = [asyncio.Event() for _ in dependencies]

        async def one(number: int) -> None:
            for before in dependencies[number]:
                await ended[before].wait()
            async with slots:
                name = f"{workflow.info().workflow_id}/{number}"
                await workflow.execute_child_workflow(PlainTask.run, args=[f"T{number}", work], id=name)
            ended[number].set()

        await asyncio.gather(*(one(number) for number in range(len(dependencies))))


async def main(address: str) -> None:
    """Serve until the process is ended."""
    client = await Client.connect(address)
    await Worker(
        client,
        task_queue=QUEUE,
        workflows=[PlainPlan, PlainTask],
        activities=[step],
        workflow_runner=UnsandboxedWorkflowRunner(),  # as ours
    ).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
