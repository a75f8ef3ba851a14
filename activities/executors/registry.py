"""Which executor does a task."""

from __future__ import annotations

from collections.abc import Iterable

from activities.executors.command import CommandExecutor
from activities.executors.executor import Executor
from activities.executors.manual import ManualExecutor
from activities.executors.noop import NoopExecutor
from activities.executors.patch import PatchExecutor
from schemas.errors import InvalidArguments
from schemas.task_execution import RunExecutor, TaskExecution
from schemas.tasks import Task

AVAILABLE = ("command", "patch", "manual", "noop")
MOST_NAMED = 5


def executor_for(execution: TaskExecution | None, override: RunExecutor | None = None) -> Executor:
    """Return the executor of a task.

    `noop` as override takes its place for a whole run; `manual` does what has none of its own.

    Raises:
        InvalidArguments: the task names no executor, one that is not there, or leaves open what it runs.
    """
    there = f"There are the executors {', '.join(AVAILABLE)}."
    if override == "noop":
        return NoopExecutor()
    if execution is None and override == "manual":
        return ManualExecutor()
    if execution is None:
        raise InvalidArguments(
            "the task says nothing about who does it",
            hint=f"Give it a `sh run` fence or an `execution`, or do it by hand: --executor manual. {there}",
        )
    match execution.executor:
        case "noop":
            return NoopExecutor()
        case "manual":
            return ManualExecutor()
        case "command":
            return _command(execution)
        case "patch" if execution.patch:
            return PatchExecutor(execution.patch)
        case "patch":
            raise InvalidArguments(
                "the executor 'patch' has no patch", hint="Set `execution.patch` to what `git diff` prints."
            )
        case missing:
            raise InvalidArguments(f"the executor {missing!r} is not there yet", hint=there)


def check_executors(tasks: Iterable[Task], override: RunExecutor | None = None) -> None:
    """Return if every task of a plan can be developed.

    Raises:
        InvalidArguments: some cannot; names the first of them and why.
    """
    problems: list[tuple[str, InvalidArguments]] = []
    for task in tasks:
        try:
            executor_for(task.execution, override)
        except InvalidArguments as error:
            problems.append((task.id, error))
    if problems:
        named = ", ".join(task for task, _ in problems[:MOST_NAMED])
        more = f" and {len(problems) - MOST_NAMED} more" if len(problems) > MOST_NAMED else ""
        first = problems[0][1]
        raise InvalidArguments(f"nobody can do {named}{more}: {first.message}", hint=first.hint)


def _command(execution: TaskExecution) -> CommandExecutor:
    if execution.argv and execution.script is None:
        return CommandExecutor(execution.argv)
    if execution.script and execution.argv is None:
        return CommandExecutor(execution.script)
    raise InvalidArguments(
        "the executor 'command' needs either a script or argv, and exactly one of them",
        hint="Set `execution.script` (run by sh -eu) or `execution.argv` (run as it is).",
    )
