"""The baseline: plain Temporal children that call as many activities as one of our tasks, and do nothing."""

import asyncio
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

QUEUE = "plain-temporal"
LIMIT = timedelta(seconds=30)


@activity.defn
async def nothing(step: int) -> int:
    """Do nothing."""
    return step


@workflow.defn
class PlainTask:
    """As many activities as one of our tasks."""

    @workflow.run
    async def run(self, activities: int) -> None:
        """Call them one after the other."""
        for step in range(activities):
            await workflow.execute_activity(nothing, step, start_to_close_timeout=LIMIT)


@workflow.defn
class PlainPlan:
    """Children that wait for each other, a number of them at a time."""

    @workflow.run
    async def run(self, dependencies: list[list[int]], at_once: int, activities: int) -> None:
        """Start each child when those it depends on have ended."""
        slots = asyncio.Semaphore(at_once)
        ended = [asyncio.Event() for _ in dependencies]

        async def one(number: int) -> None:
            for before in dependencies[number]:
                await ended[before].wait()
            async with slots:
                name = f"{workflow.info().workflow_id}/{number}"
                await workflow.execute_child_workflow(PlainTask.run, activities, id=name)
            ended[number].set()

        await asyncio.gather(*(one(number) for number in range(len(dependencies))))


async def main(address: str) -> None:
    """Serve until the process is ended."""
    client = await Client.connect(address)
    await Worker(
        client,
        task_queue=QUEUE,
        workflows=[PlainPlan, PlainTask],
        activities=[nothing],
        workflow_runner=UnsandboxedWorkflowRunner(),  # as ours
    ).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
