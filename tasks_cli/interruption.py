"""Ctrl-C while a command watches: it stops watching, and says what goes on without it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from schemas.errors import UserAbort

Answer = TypeVar("Answer")


async def until_ctrl_c(watching: Coroutine[Any, Any, Answer], message: str, hint: str) -> Answer:
    """Return what was watched for.

    Raises:
        UserAbort: with the message and the hint, when the user pressed Ctrl-C.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(watching)
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        raise UserAbort(message, hint=hint) from None
    finally:
        loop.remove_signal_handler(signal.SIGINT)
