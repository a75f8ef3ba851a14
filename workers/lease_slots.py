"""Take a new attempt from the queue only when this worker has a lease left for it.

A permit is taken before the poll, so a supplier must not be shared between queues; this one belongs to
the worker of `tasks-work` alone.
"""

from __future__ import annotations

import asyncio

from temporalio.worker import (
    CustomSlotSupplier,
    SlotMarkUsedContext,
    SlotPermit,
    SlotReleaseContext,
    SlotReserveContext,
)

from activities.lease_table import LeaseTable

LOOK_AGAIN_SECONDS = 1.0


class LeaseSlots(CustomSlotSupplier):
    """A slot is a lease that this worker can still give."""

    def __init__(self, leases: LeaseTable, loop: asyncio.AbstractEventLoop) -> None:
        self._leases = leases
        self._loop = loop

    async def reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit:  # noqa: ARG002 - the SDK's interface
        """Wait until a lease is free."""
        while not self._leases.promise():
            await self._leases.wait_for_change(LOOK_AGAIN_SECONDS)
        return SlotPermit()

    def try_reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit | None:  # noqa: ARG002 - the same
        """Refuse eager starts: an attempt is leased by pulling."""
        return None

    def mark_slot_used(self, ctx: SlotMarkUsedContext) -> None:
        """Nothing: the attempt counts through its lease."""

    def release_slot(self, ctx: SlotReleaseContext) -> None:
        """Give an unused promise back; a used one became a lease. Called on threads of the SDK's core."""
        if ctx.slot_info is None:
            self._loop.call_soon_threadsafe(self._leases.take_back)
