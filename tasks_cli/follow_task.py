"""Following the output of one task while it runs: its files on stdout, where it is on stderr."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import WorkflowExecutionStatus

from planner.machine.repository_folders import evidence_folder, open_repository
from planner.scheduling.task_states import FAILED_STATES, TaskState
from schemas.errors import InvalidArguments, RunNotFound, WorkerPoolUnavailable
from schemas.execution import RunStatus, TaskStatus
from tasks_cli.evidence_files import EvidenceChoice
from tasks_cli.evidence_text import EvidenceText
from tasks_cli.follow_run import with_phases
from tasks_cli.printing import print_note, print_piece
from tasks_cli.run_summary import task_text
from tasks_cli.service_client import Service, existing_status, run_status

LOOK_SECONDS = 0.25
LOOKS_PER_QUESTION = 4
ENDED = {str(state) for state in (TaskState.COMPLETED, *FAILED_STATES)}


@dataclass(frozen=True, slots=True)
class WantedLogs:
    """Which logs a person wants to see."""

    run_id: str
    task_id: str
    choice: EvidenceChoice
    lines: int
    repository: Path | None

    def evidence_in(self, repository: Path) -> EvidenceText:
        """Return the evidence that a repository holds."""
        folder = evidence_folder(open_repository(repository), self.run_id, self.task_id, 1).parent
        return EvidenceText(folder, self.choice, self.lines)

    def nothing_there(self) -> RunNotFound:
        """Return the error that says there is no evidence."""
        narrowed = ", ".join(
            f"{name} {value}"
            for name, value in (("attempt", self.choice.attempt), ("phase", self.choice.phase))
            if value is not None
        )
        return RunNotFound(
            f"there is no evidence of task {self.task_id!r} in run {self.run_id!r}"
            + (f" for {narrowed}" if narrowed else ""),
            hint=f"`tasks status {self.run_id}` lists the tasks; a task that has not begun has no logs: "
            "--follow waits for them",
        )

    def of(self, status: RunStatus) -> TaskStatus | None:
        """Return where the task is; None while the plan is being loaded.

        Raises:
            InvalidArguments: when the run has no such task.
        """
        found = next((task for task in status.tasks if task.id == self.task_id), None)
        if found is None and status.tasks:
            raise InvalidArguments(
                f"the run {self.run_id} has no task {self.task_id!r}",
                hint=f"`tasks status {self.run_id}` lists its tasks",
            )
        return found

    def ended(self, task: TaskStatus | None) -> bool:
        """Return whether nothing more is to come."""
        if task is None:
            return False
        wanted = self.choice.attempt
        is_past = task.phase is not None and wanted is not None and (task.attempt or 0) > wanted
        return task.state in ENDED or is_past


@dataclass(slots=True)
class _Look:
    """What one question about the run brought; a server that does not answer leaves all as it was."""

    task: TaskStatus | None = None
    repository: str | None = None
    ended: bool = False


async def follow_task(service: Service, wanted: WantedLogs) -> None:
    """Print what there is of a task's output, and then what comes, until the task or its run has ended.

    Raises:
        RunNotFound: when there is no such run, or it has ended without the task having begun.
        InvalidArguments: when the run has no such task.
    """
    look, evidence, said, shown = _Look(), None, "", False
    while not look.ended:
        # Before the files are read: what is in them when the task has ended is all there will be.
        said = await _ask(service, wanted, look, said)
        folder = wanted.repository or (Path(look.repository) if look.repository else None)
        if evidence is None and folder is not None:
            evidence = wanted.evidence_in(folder)
        for _ in range(1 if look.ended else LOOKS_PER_QUESTION):
            text = evidence.news() if evidence else ""
            shown = shown or bool(text)
            if text:
                print_piece(text)
            if not look.ended:
                await asyncio.sleep(LOOK_SECONDS)
    if not shown:
        raise wanted.nothing_there()


async def _ask(service: Service, wanted: WantedLogs, look: _Look, said: str) -> str:
    """Ask where the task is and say so when it has changed; return what was said last."""
    try:
        closed = await existing_status(service, wanted.run_id) != WorkflowExecutionStatus.RUNNING
        status = await with_phases(service, await run_status(service, wanted.run_id))
        look.task, look.repository = wanted.of(status), status.repository
        look.ended = closed or wanted.ended(look.task)
        now = task_text(look.task) if look.task else status.reason or ""
    except WorkerPoolUnavailable as error:
        now = f"waiting: {error.message}"
    if now and now != said:
        print_note(now)
    return now
