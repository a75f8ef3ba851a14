"""The leases of one worker: how many attempts it holds, and when an abandoned one stops counting."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field

IDLE_SECONDS = 60.0


@dataclass(slots=True)
class _Held:
    last_used: float
    working: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class LeaseTable:
    """Counts the attempts a worker is busy with.

    A lease counts while a phase of its attempt runs here and for a minute after: a run that was
    terminated between two phases must not occupy a slot for ever. The lease itself has no end: its
    worktree is fenced by the token, not by time.
    """

    def __init__(self, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._promised = 0
        self._changed = asyncio.Event()

    def new_token(self) -> str:
        """Return a token for a new lease: from here on it counts in place of the promise it came through."""
        self._promised = max(0, self._promised - 1)
        token = uuid.uuid4().hex[:12]
        self._held[token] = _Held(self._clock())
        return token

    @contextmanager
    def working(self, token: str) -> Iterator[asyncio.Lock]:
        """Count a phase of this lease as running; the lock keeps two phases of one lease apart."""
        held = self._held.setdefault(token, _Held(self._clock()))
        held.working += 1
        try:
            yield held.lock
        finally:
            held.working -= 1
            held.last_used = self._clock()

    def release(self, token: str) -> None:
        """Stop counting a lease."""
        self._held.pop(token, None)
        self._changed.set()

    @asynccontextmanager
    async def releasing(self, token: str) -> AsyncIterator[None]:
        """Stop counting a lease at once; the body runs when no phase of it works here any more."""
        held = self._held.get(token)
        self.release(token)
        async with held.lock if held is not None else nullcontext():
            yield

    def promise(self) -> bool:
        """Take a slot for an attempt that may arrive; False when all are taken."""
        if self._busy() + self._promised >= self._capacity:
            return False
        self._promised += 1
        return True

    def take_back(self) -> None:
        """Give a promised slot back, because no attempt came."""
        self._promised = max(0, self._promised - 1)
        self._changed.set()

    async def wait_for_change(self, seconds: float) -> None:
        """Wait until a slot may have become free, at most so long."""
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    def _busy(self) -> int:
        oldest = self._clock() - IDLE_SECONDS
        return sum(1 for held in self._held.values() if held.working or held.last_used > oldest)
