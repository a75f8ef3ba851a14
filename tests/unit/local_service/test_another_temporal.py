from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.errors import WorkerPoolUnavailable
from schemas.settings import Settings
from tests.unit.local_service.daemon_process import daemon_process, record_of
from workers.service_access import ensure_service
from workers.service_record import ServiceRecord, write_service
from workers.state_folder import StateFolder, build_id


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ServiceRecord]:
    """The record of a service of this build whose supervisor runs."""
    with daemon_process(tmp_path) as supervisor:
        yield record_of(supervisor.as_service("supervisor")).model_copy(update={"build": build_id()})


@pytest.mark.parametrize(
    ("named", "address", "elsewhere"),
    [
        (None, "127.0.0.1:7233", None),
        ("127.0.0.1:7233", "127.0.0.1:7233", None),
        ("temporal.example:7233", None, "temporal.example:7233"),
    ],
)
def test_the_service_of_the_temporal_that_is_named_is_adopted(
    state: StateFolder,
    running: ServiceRecord,
    monkeypatch: pytest.MonkeyPatch,
    named: str | None,
    address: str | None,
    elsewhere: str | None,
) -> None:
    if named:
        monkeypatch.setenv("TEMPORAL_ADDRESS", named)
    record = running.model_copy(update={"address": address, "elsewhere": elsewhere})
    write_service(state, record)
    assert ensure_service(state, Settings(), pytest.fail) == record


@pytest.mark.parametrize(
    ("named", "address", "elsewhere"),
    [
        ("temporal.example:7233", "127.0.0.1:7233", None),
        ("temporal.example:7233", None, "another.example:7233"),
        (None, None, "temporal.example:7233"),
    ],
)
def test_the_service_of_another_temporal_is_neither_used_nor_stopped(
    state: StateFolder,
    running: ServiceRecord,
    monkeypatch: pytest.MonkeyPatch,
    named: str | None,
    address: str | None,
    elsewhere: str | None,
) -> None:
    if named:
        monkeypatch.setenv("TEMPORAL_ADDRESS", named)
    write_service(state, running.model_copy(update={"address": address, "elsewhere": elsewhere}))
    with pytest.raises(WorkerPoolUnavailable) as raised:
        ensure_service(state, Settings(), pytest.fail)
    for part in (str(state.path), named or "no other Temporal", address or elsewhere or ""):
        assert part in raised.value.message
    assert "`tasks down`" in raised.value.hint
    assert running.is_supervised()
