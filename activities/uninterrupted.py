"""Wait for a step that cannot be stopped half-way, also when whoever waits for it is cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


async def uninterrupted(
    step: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> _Result:
    """Run a step in a thread and return its result; a cancellation waits until it has ended.

    A thread goes on when its waiter is cancelled: whatever lock protects it must not be given back before. A
    step that has not begun is not run any more.
    """
    first = threading.Lock()  # for the thread that begins, or for the waiter that gives up before

    def begin() -> list[_Result]:
        return [step(*args, **kwargs)] if first.acquire(blocking=False) else []

    # No task, like `asyncio.to_thread`: a loop that is being closed cancels all tasks at once.
    running = asyncio.get_running_loop().run_in_executor(None, partial(copy_context().run, begin))
    cancelled = False
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            if first.acquire(blocking=False):
                raise
            cancelled = True
    if cancelled:
        running.exception()  # nobody is left to hear of it
        raise asyncio.CancelledError
    return running.result()[0]
