"""`--json` of the commands that change a run: their answer is a sentence, or an object that holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from tasks_cli.printing import print_json, print_result

Command = TypeVar("Command", bound=Callable[..., int])
_AS_JSON = "tasks_cli.answer_as_json"


def answer_option(command: Command) -> Command:
    """Give a command the option `--json`; what it prints with `print_answer` obeys it."""
    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help="Print {changed, message} as JSON.",
    )(command)


def print_answer(message: str, *, changed: bool = True) -> None:
    """Print what became of a change."""
    if click.get_current_context().meta.get(_AS_JSON):
        print_json({"changed": changed, "message": message})
    else:
        print_result(message)


def _remember(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    context.meta[_AS_JSON] = value
