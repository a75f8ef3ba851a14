"""The executor that runs a command or a script of the plan."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from activities.atomic_files import write_atomically
from activities.executors.executor import ExecutorOutcome, ExecutorRequest
from activities.script_runner import Script, Workbench, how_it_ended, run_script
from planner.machine.processes import CommandResult
from schemas.execution import Feedback
from schemas.tasks import Task

SECONDS_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class CommandExecutor:
    """Runs one script (`sh -eu`) or program in the worktree.

    It finds TASKS_RUN_ID, TASKS_TASK_ID, TASKS_ATTEMPT (from 1) and TASKS_FEEDBACK, a JSON file with what
    earlier attempts were sent back with: a list, empty on the first attempt.
    """

    script: Script

    async def develop(self, request: ExecutorRequest) -> ExecutorOutcome:
        """Run it; anything but exit code 0 is red. Exit code 0 only says that it may be looked at."""
        bench = _bench_of(request)
        log = bench.evidence.log_path("command")
        result = await run_script(bench, self.script, log, bench.on_progress)
        ending = how_it_ended(result, bench.deadline_seconds)
        if result.ok:
            stray = f"; {result.left_over} processes it left running were ended" if result.left_over else ""
            return ExecutorOutcome(ended=True, summary=f"the command {ending}{stray}", exit_code=0)
        feedback = _feedback(self.script, ending, bench, result)
        return ExecutorOutcome(
            ended=False,
            summary=f"the command {ending}",
            exit_code=result.exit_code,
            feedback=(feedback,),
        )


def _bench_of(request: ExecutorRequest) -> Workbench:
    """Return the bench with what the command is told, and with the task's own time limit."""
    variables = {
        "TASKS_RUN_ID": request.run_id,
        "TASKS_TASK_ID": request.task.id,
        "TASKS_ATTEMPT": str(request.attempt),
        "TASKS_FEEDBACK": str(_write_feedback(request)),
    }
    bench = request.bench
    return replace(
        bench,
        extra={**bench.extra, **variables},
        deadline_seconds=develop_deadline_seconds(request.task, bench.deadline_seconds),
    )


def develop_deadline_seconds(task: Task, default_seconds: float) -> float:
    """Return how long the executor of a task may take: the task's `timeout_minutes`, else the default."""
    minutes = task.execution.timeout_minutes if task.execution else None
    return default_seconds if minutes is None else minutes * SECONDS_A_MINUTE


def _write_feedback(request: ExecutorRequest) -> Path:
    """Write the feedback beside the worktree, where no commit can take it along."""
    temporary = request.bench.work.temporary
    temporary.mkdir(parents=True, exist_ok=True)
    file = temporary / "tasks-feedback.json"
    content = json.dumps([feedback.as_json() for feedback in request.feedback], indent=2)
    write_atomically(file, content.encode())
    return file


def _feedback(script: Script, ending: str, bench: Workbench, result: CommandResult) -> Feedback:
    return Feedback(
        phase="develop",
        rule="executor-command",
        message=f"the task's command {ending}; nothing of what it did was kept",
        command=script.strip() if isinstance(script, str) else " ".join(script),
        excerpt=bench.evidence.excerpt_of(result.output_path),
    )
