"""The two entry points, `tasks` and `temporal-tasks`, and the isolation of the interpreter.

Nothing of ours may be imported above: the folder in which a user stands may hold packages named like ours.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

LIVELY_OBJECTS = 100_000
# The global flags of Temporal's CLI that take a value; it moves them in front of our subcommand.
_MOVED_FLAGS = frozenset(
    {"-o", "--output", "--env", "--env-file", "--profile", "--config-file", "--log-level", "--log-format"}
    | {"--color", "--time-format", "--command-timeout", "--client-connect-timeout"}
)


def main() -> None:
    """Run the `tasks` command; ends the process with one of the exit codes of the table.

    The interpreter starts itself again with `-I` once, so that neither the current folder nor PYTHONPATH can
    shadow our packages inside a stranger's repository. Environment and stdin stay as they are.
    """
    _run(sys.argv[1:])


def main_from_temporal() -> None:
    """Run as `temporal tasks ...`: flags that Temporal's CLI moved to the front go back."""
    _run(behind_the_command(sys.argv[1:]))


def behind_the_command(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the leading flags that take a value moved behind the subcommand."""
    moved: list[str] = []
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        if rest[0] in _MOVED_FLAGS and len(rest) > 1:
            moved += [rest.pop(0), rest.pop(0)]
        elif rest[0].partition("=")[0] in _MOVED_FLAGS:
            moved.append(rest.pop(0))
        else:
            break
    if not rest or rest[0].startswith("-"):
        return list(arguments)
    return [rest[0], *moved, *rest[1:]]


def _run(arguments: list[str]) -> None:
    # A plan of 10,000 tasks is millions of records that live until the end: looking through them for cycles
    # again and again took a third of the time.
    gc.set_threshold(LIVELY_OBJECTS)
    opened = _open_closed_streams()
    if opened or not sys.flags.isolated:
        os.execv(sys.executable, [sys.executable, "-I", "-m", "tasks_cli", *arguments])  # noqa: S606 - ourselves
    # Without this, importing GitPython fails on a machine without git; ours is the message to give.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from tasks_cli.command_line import tasks
    from tasks_cli.exit_status import end_process, exit_status
    from tasks_cli.standard_streams import print_names_as_they_are

    print_names_as_they_are()
    end_process(exit_status(tasks, arguments))


def _open_closed_streams() -> bool:
    """Let every standard stream that is closed lead to nowhere; return whether one was.

    Otherwise the next file that is opened would get its number, and what is printed would stand in that file.
    """
    opened = False
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free: this one
            os.set_inheritable(nowhere, True)
            opened = True
    return opened


if __name__ == "__main__":
    main()
