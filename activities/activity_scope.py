"""What surrounds the body of every activity: heartbeats, log context, and errors by name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from schemas.activity_io import Attempt
from schemas.errors import TasksError

BEATS_PER_TIMEOUT = 4
log = structlog.get_logger()


@asynccontextmanager
async def activity_scope(run_id: str, attempt: Attempt | None = None) -> AsyncIterator[None]:
    """Beat while the body runs, bind the log context, and send our errors on under their class names.

    Cancellation arrives with a heartbeat as `CancelledError` in the body.
    """
    info = activity.info()
    context = {"run_id": run_id, "activity": info.activity_type, "try": info.attempt}
    if attempt is not None:
        context |= {"task_id": attempt.task_id, "attempt": attempt.number}
    with structlog.contextvars.bound_contextvars(**context):
        beating = asyncio.create_task(_beat())
        try:
            yield
        except TasksError as error:
            log.warning("activity failed", action="fail", error=type(error).__name__, message=error.message)
            raise ApplicationError(error.message, error.hint, type=type(error).__name__) from error
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating


async def _beat() -> None:
    timeout = activity.info().heartbeat_timeout
    if timeout is None:
        return
    while True:
        # The server counts from the start: most activities end before they owe it a sign of life.
        await asyncio.sleep(timeout.total_seconds() / BEATS_PER_TIMEOUT)
        activity.heartbeat()
