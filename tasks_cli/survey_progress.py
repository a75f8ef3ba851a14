"""How far the survey of the codebase is, as a bar on the terminal; nothing at all where there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 0.5  # what is done sooner needs no bar that flashes up


@contextmanager
def survey_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that is told stage, done and total; the bar vanishes at the end, with an error too."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("surveying the codebase", total=None)
    begins = time.monotonic() + PATIENCE_SECONDS

    def report(stage: str, done: int, total: int) -> None:
        bar.update(task, description=stage, completed=done, total=total or None)
        if time.monotonic() >= begins:
            bar.start()

    try:
        yield report
    finally:
        if bar.live.is_started:
            bar.stop()
