"""With what a run that is over goes on: its input, checked against the repository before anything starts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from activities.run_preflight import check_repository
from planner.machine.repository_folders import open_repository
from schemas.errors import RepositoryUnusable, RunNotFound
from schemas.execution import ExecutePlanInput
from schemas.identifiers import slug
from tasks_cli.service_client import Service, input_of
from workers.run_memory import remembered_request


@dataclass(frozen=True, slots=True)
class ResumeOptions:
    """What the user says of a run that Temporal or the repository knows."""

    repo: Path | None = None
    """Where the repository is now."""
    branch: str | None = None
    """The feature branch from now on."""


async def resumed_request(service: Service, run_id: str, options: ResumeOptions) -> ExecutePlanInput:
    """Return the input of a run that is taken up again; nothing is changed.

    A refusal here leaves the run's last state to be seen; one in the workflow would replace it.

    Raises:
        RunNotFound: neither Temporal nor the repository knows the run.
        RepositoryUnusable: the repository is not there, or its state does not allow the run.
    """
    known = await input_of(service, run_id)
    return await asyncio.to_thread(_checked, service, run_id, options, known)


def _checked(
    service: Service, run_id: str, options: ResumeOptions, known: ExecutePlanInput | None
) -> ExecutePlanInput:
    request = known or remembered_request(options.repo or Path.cwd(), run_id)
    if request is None:
        raise RunNotFound(
            f"neither Temporal nor the repository knows a run {run_id!r}",
            hint="`tasks runs` lists the runs; --repo names the repository it worked on",
        )
    if options.repo is not None:
        request = _moved(request, run_id, options.repo)
    if options.branch is not None:
        request = request.model_copy(update={"branch": options.branch})
    place = Path(request.repository)
    if place.is_dir():
        folder = Path(request.plan_folder) if request.plan_folder else None
        check_repository(place, request.base, request.branch or f"feature/{slug(run_id)}", run_id, folder)
    elif service.record.elsewhere is None:  # else the workers may be on another host
        raise RepositoryUnusable(
            f"the repository of {run_id} is not at {place} any more",
            hint=f"where is it now? tasks resume {run_id} --repo FOLDER",
        )
    return request


def _moved(request: ExecutePlanInput, run_id: str, repo: Path) -> ExecutePlanInput:
    place = open_repository(repo).top
    if str(place) != request.repository and remembered_request(place, run_id) is None:
        raise RunNotFound(
            f"the repository {place} knows no run {run_id!r}: it worked on {request.repository}",
            hint="--repo names the same repository, where it is now",
        )
    return request.model_copy(update={"repository": str(place)})
