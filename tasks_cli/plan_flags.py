"""The options that all commands have which make a plan; each is named like its setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tasks_cli.path_type import path_text

Command = TypeVar("Command", bound=Callable[..., Any])
OPTIONS = (
    click.option(
        "-p", "--codebase-path", metavar="PATH", type=path_text, help="Root of the repository.  [default: .]"
    ),
    click.option("-c", "--min-confidence", type=float, help="Least confidence of an edge.  [default: 0.7]"),
    click.option("-w", "--max-wave-size", type=int, help="Most tasks in a wave.  [default: 30]"),
    click.option(
        "-m",
        "--execution-model",
        type=click.Choice(["wave_based", "rolling_frontier"]),
        help="How to execute.  [default: rolling_frontier]",
    ),
    click.option("-j", "--max-concurrent", type=int, help="Most tasks at once.  [default: 10]"),
    click.option(
        "-o",
        "--output-dir",
        metavar="PATH",
        type=path_text,
        help="The plan folder.  [default: ./tasks_output/]",
    ),
)


def plan_flags(command: Command) -> Command:
    """Give a command these options, in this order."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
