"""Cleaning up although the workflow was cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def despite_cancellation(cleanup: Coroutine[Any, Any, None]) -> None:
    """Run the cleanup to its end, even when a second cancellation arrives meanwhile.

    Raises:
        asyncio.CancelledError: after the cleanup has ended, when it was cancelled meanwhile.
    """
    task = asyncio.ensure_future(cleanup)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as again:
            cancelled = again
    task.result()
    if cancelled is not None:
        raise cancelled
