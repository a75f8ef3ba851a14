"""The activities of whoever holds the clone of record: open, load, probe, land, finish."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from temporalio import activity
from temporalio.client import Client

from activities.activity_scope import activity_scope
from activities.host_activities import Host
from activities.landing_phase import run_land
from activities.probe_phase import run_probe
from activities.run_ending import finish
from activities.run_loading import load
from activities.task_frame import open_frame
from activities.temporal_facts import has_ended, has_search_attributes, wait_for_children
from planner.machine.repository_folders import open_repository, repository_id
from schemas.activity_io import (
    FinishRunInput,
    FinishRunResult,
    LandInput,
    LandResult,
    LoadPlanInput,
    LoadPlanResult,
    OpenRepositoryInput,
    ProbeInput,
    ProbeResult,
)
from schemas.execution import RepositoryHandle


class RepositoryActivities:
    """One method for each activity; `serve` makes this host poll the queue of a repository."""

    def __init__(self, host: Host, client: Client, serve: Callable[[str, str], None]) -> None:
        self._host = host
        self._client = client
        self._serve = serve

    @activity.defn
    async def open_repository(self, request: OpenRepositoryInput) -> RepositoryHandle:
        """Begin to serve a repository that this host can see."""
        async with activity_scope("-"):
            folders = await asyncio.to_thread(open_repository, Path(request.path))
            identity = await asyncio.to_thread(repository_id, folders)
            self._serve(identity, str(folders.top))
            return RepositoryHandle(path=str(folders.top), repository_id=identity)

    @activity.defn
    async def load_plan(self, request: LoadPlanInput) -> LoadPlanResult:
        """Check plan and repository, make the feature branch, read from git what has landed."""
        async with activity_scope(request.run_id):
            await wait_for_children(self._client, request.run_id)
            known = await has_search_attributes(self._client)
            loaded = await asyncio.to_thread(load, request, self._asker())
            return loaded.model_copy(update={"search_attributes": known})

    def _asker(self) -> Callable[[str], bool]:
        """Return what tells a thread whether another run has ended."""
        loop = asyncio.get_running_loop()
        return lambda run_id: asyncio.run_coroutine_threadsafe(has_ended(self._client, run_id), loop).result()

    @activity.defn
    async def probe_checks(self, request: ProbeInput) -> ProbeResult:
        """Find out which verify commands notice broken code."""
        async with activity_scope(request.run.run_id):
            return await run_probe(request.run, self._host.state)

    @activity.defn
    async def land(self, request: LandInput) -> LandResult:
        """Merge, verify, move the branch."""
        async with activity_scope(request.attempt.run.run_id, request.attempt):
            frame = await asyncio.to_thread(open_frame, request.attempt, "land")
            return await run_land(frame, request, self._host.state)

    @activity.defn
    async def finish_run(self, request: FinishRunInput) -> FinishRunResult:
        """Remove the run's worktrees; branches, refs and evidence stay."""
        async with activity_scope(request.run.run_id):
            return await asyncio.to_thread(finish, request, self._host.state)
