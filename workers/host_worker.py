"""The host worker: one process that holds worktrees, and serves the repositories of this host."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.worker import FixedSizeSlotSupplier, Worker, WorkerTuner

from activities.host_activities import Host, HostActivities
from activities.lease_table import LeaseTable
from activities.repository_activities import RepositoryActivities
from schemas.execution import HOST_QUEUE, WORK_QUEUE, repository_queue, worker_queue
from workers.lease_slots import LeaseSlots
from workers.repository_register import RepositoryRegister
from workers.state_folder import StateFolder
from workers.worker_identity import WorkerIdentity

HEARTBEAT_THROTTLE = timedelta(seconds=1)
MANY = 100
LOOK_SECONDS = 0.5
log = structlog.get_logger()


class HostWorker:
    """Serves `tasks-work` while it has leases, its own queue, and every registered repository."""

    def __init__(
        self, client: Client, state: StateFolder, identity: WorkerIdentity, tasks_per_worker: int
    ) -> None:
        self._client = client
        self._register = RepositoryRegister(state.repositories)
        self._opened = asyncio.Event()
        leases = LeaseTable(tasks_per_worker)
        self._leases = leases
        host = Host(worker_id=identity.worker_id, state=state.path, leases=leases)
        self._phases = HostActivities(host)
        self._repository = RepositoryActivities(host, client, self._register_repository)
        self._worker_id = identity.worker_id

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop; running commands are then ended and their activities handed back."""
        async with AsyncExitStack() as stack:
            for worker in self._own_workers():
                await stack.enter_async_context(worker)
            served: set[str] = set()
            while not stop.is_set():
                for repository_id in self._register.served():
                    if repository_id not in served:
                        served.add(repository_id)
                        await stack.enter_async_context(self._repository_worker(repository_id))
                        log.info("serving repository", action="serve", repository=repository_id)
                await self._wait(stop)

    async def _wait(self, stop: asyncio.Event) -> None:
        """Wait for the end, for a repository that was opened here, or for a look at the register."""
        self._opened.clear()
        waiting = [asyncio.ensure_future(event.wait()) for event in (stop, self._opened)]
        await asyncio.wait(waiting, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    def _register_repository(self, repository_id: str, path: str) -> None:
        self._register.add(repository_id, path)
        self._opened.set()

    def _own_workers(self) -> list[Worker]:
        tuner = WorkerTuner.create_composite(
            workflow_supplier=FixedSizeSlotSupplier(1),
            activity_supplier=LeaseSlots(self._leases, asyncio.get_running_loop()),
            local_activity_supplier=FixedSizeSlotSupplier(1),
            nexus_supplier=FixedSizeSlotSupplier(1),
        )
        phases = self._phases
        return [
            Worker(
                self._client,
                task_queue=WORK_QUEUE,
                activities=[phases.pre_test],
                tuner=tuner,
                max_concurrent_activity_task_polls=1,
                max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
            ),
            Worker(
                self._client,
                task_queue=worker_queue(self._worker_id),
                activities=[
                    phases.pre_test,
                    phases.develop,
                    phases.review,
                    phases.post_test,
                    phases.release,
                ],
                max_concurrent_activities=MANY,
                max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
            ),
            Worker(
                self._client,
                task_queue=HOST_QUEUE,
                activities=[self._repository.open_repository],
                max_concurrent_activities=MANY,
                max_concurrent_activity_task_polls=1,
            ),
        ]

    def _repository_worker(self, repository_id: str) -> Worker:
        repository = self._repository
        return Worker(
            self._client,
            task_queue=repository_queue(repository_id),
            activities=[
                repository.load_plan,
                repository.probe_checks,
                repository.land,
                repository.finish_run,
            ],
            max_concurrent_activities=MANY,
            max_concurrent_activity_task_polls=2,
            max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        )
