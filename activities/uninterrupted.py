"""Wait for a step that cannot be stopped half-way, also when whoever waits for it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


async def uninterrupted(
    step: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> _Result:
    """Run a step in a thread and return its result; a cancellation waits until it has ended.

    A thread goes on when its waiter is cancelled: whatever lock protects it must not be given back before.
    """
    running = asyncio.ensure_future(asyncio.to_thread(step, *args, **kwargs))
    cancelled = False
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        running.exception()  # nobody is left to hear of it
        raise asyncio.CancelledError
    return running.result()
