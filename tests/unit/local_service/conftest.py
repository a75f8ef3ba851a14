from __future__ import annotations

from pathlib import Path

import pytest

from workers.state_folder import StateFolder


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    """An empty state folder."""
    folder = StateFolder(tmp_path / "state")
    folder.path.mkdir()
    return folder


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a service that does not end be killed after a moment."""
    monkeypatch.setattr(
        "workers.service_end.ENDING_ORDER",
        tuple((frozenset({role}), 0.3) for role in ("supervisor", "worker", "control", "server")),
    )
    monkeypatch.setattr("workers.service_end.WORKER_GRACE_SECONDS", 0.3)
    monkeypatch.setattr("workers.service_end.COMMAND_GRACE_SECONDS", 0.3)
