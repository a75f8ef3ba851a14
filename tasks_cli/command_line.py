"""The `tasks` command: its subcommands in one table, each imported only when it is used."""

from __future__ import annotations

import difflib
import importlib
from importlib.metadata import version
from typing import NamedTuple

import click

DISTRIBUTION = "tasks-on-temporal"


class Subcommand(NamedTuple):
    """Where a subcommand is, as module:attribute, and its line in `tasks --help`."""

    place: str
    help: str


SUBCOMMANDS: dict[str, Subcommand] = {
    "plan": Subcommand("tasks_cli.plan:command", "Turn documents into a validated, scheduled plan."),
    "validate-plan": Subcommand("tasks_cli.validate_plan:command", "Check a plan by all plan rules."),
    "show-plan": Subcommand("tasks_cli.show_plan:command", "Show a plan's tasks, order and forecast."),
    "report": Subcommand("tasks_cli.report:command", "Write a plan, and what became of it, as a page."),
    "list-plans": Subcommand("tasks_cli.list_plans:command", "List the plans made on this machine."),
    "diff-plan": Subcommand("tasks_cli.diff_plan:command", "Compare two plans."),
    "archive-plan": Subcommand("tasks_cli.archive_plan:command", "Keep a plan under a tag, for good."),
    "import": Subcommand("tasks_cli.import_plan:command", "Make a plan of what other programs wrote."),
    "export": Subcommand("tasks_cli.export:command", "Write a plan for other programs."),
    "schema": Subcommand("tasks_cli.schema:command", "Print the JSON Schema of an artifact."),
    "execute": Subcommand("tasks_cli.execute:command", "Execute a plan durably on Temporal."),
    "runs": Subcommand("tasks_cli.runs:command", "List the runs."),
    "status": Subcommand("tasks_cli.status:command", "Show what a run is doing."),
    "explain": Subcommand("tasks_cli.explain:command", "Say why a task is where it is."),
    "logs": Subcommand("tasks_cli.logs:command", "Show the evidence of a task's attempts."),
    "pause": Subcommand("tasks_cli.pause:command", "Start no more tasks of a run."),
    "continue": Subcommand("tasks_cli.continue_run:command", "Let a paused run go on."),
    "cancel": Subcommand("tasks_cli.cancel:command", "End a run or a task; branches and evidence stay."),
    "retry": Subcommand("tasks_cli.retry:command", "Let a failed task begin again."),
    "skip": Subcommand("tasks_cli.skip:command", "Leave a task undone; what depends on it goes on."),
    "done": Subcommand("tasks_cli.done:command", "Say that you have done a task by hand."),
    "approve": Subcommand("tasks_cli.approve:command", "Accept the work that waits for your review."),
    "reject": Subcommand("tasks_cli.reject:command", "Send work back that waits for your review."),
    "set-limits": Subcommand("tasks_cli.set_limits:command", "Let a run do more or less at once."),
    "resume": Subcommand("tasks_cli.resume:command", "Take up a failed or cancelled run again."),
    "up": Subcommand("tasks_cli.up:command", "Start the local server and the workers."),
    "down": Subcommand("tasks_cli.down:command", "Stop the local server and the workers."),
    "worker": Subcommand("tasks_cli.worker:command", "Be a worker, for a cluster of your own."),
    "doctor": Subcommand("tasks_cli.doctor:command", "Check that everything needed is there."),
}


class TableOfCommands(click.Group):
    """A group that knows its subcommands from the table, without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes its context
        """Return the names in the order of the table."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return a subcommand, importing its module."""
        if cmd_name not in SUBCOMMANDS:
            return None
        module, _, attribute = SUBCOMMANDS[cmd_name].place.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{SUBCOMMANDS[cmd_name].place} is not a command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the subcommand for the arguments; a misspelt one is answered with the nearest name."""
        name = args[0]
        if name not in SUBCOMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, SUBCOMMANDS, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"Try '{ctx.command_path} --help'."
            raise click.UsageError(f"There is no command {name!r}. {advice}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the table of commands into the help text."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, subcommand.help) for name, subcommand in SUBCOMMANDS.items()])


def program_version() -> str:
    """Return the version of the installed program."""
    return version(DISTRIBUTION)


@click.group(
    cls=TableOfCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Results go to stdout, everything else to stderr. Exit codes: 0 success, 1 invalid arguments, "
    "2 codebase, 3 cycle, 4 resources, 5 plan rejected, 6 Temporal or workers, 7 failed and resumable, "
    "8 failed, 9 aborted by you, 70 a bug of ours.",
)
@click.version_option(program_version(), prog_name="tasks", message="%(prog)s %(version)s")
def tasks() -> None:
    """Turn a specification into a plan, and execute it durably, each task in its own git worktree."""
