"""Waiting for the world outside: there is nothing to wait on but looking, until a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK_SECONDS = 0.05


def wait_until(true: Callable[[], object], what: str | Callable[[], object], *, seconds: float = 60) -> None:
    """Wait until a condition holds.

    Args:
        true: looks at the world.
        what: named when it did not happen; a function is asked then.
        seconds: how long to wait.

    Raises:
        AssertionError: it did not happen in time.
    """
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds:g} s: {what() if callable(what) else what}")
        time.sleep(LOOK_SECONDS)
