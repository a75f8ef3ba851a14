from __future__ import annotations

import asyncio

import pytest
from filelock import FileLock

from schemas.errors import WorkerPoolUnavailable
from schemas.settings import Settings
from workers.local_service import LocalService
from workers.state_folder import StateFolder


def test_a_supervisor_that_cannot_be_seen_from_here_keeps_its_state_folder(
    state: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.local_service.LOCK_SECONDS", 0.1)

    async def second() -> None:
        await LocalService(state, Settings(), None).run(asyncio.Event())

    # As one in another container would: no record and no pid of it can be seen here.
    with FileLock(state.supervisor_lock), pytest.raises(WorkerPoolUnavailable) as raised:
        asyncio.run(second())
    assert str(state.path) in raised.value.message
    assert "TASKS_STATE_DIR" in raised.value.hint
    assert not state.service_file.exists()
