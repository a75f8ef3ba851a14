"""A machine whose service the tests share, and machines of their own for those that break things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine, user_machine


@pytest.fixture(scope="session")
def shared_machine(temporal_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UserMachine]:
    """A machine whose service nobody may hurt; each test has repositories of its own."""
    with user_machine(tmp_path_factory.mktemp("shared-machine"), temporal_binary) as machine:
        up = machine.tasks("up")
        assert up.returncode == 0, up.stderr
        yield machine


@pytest.fixture
def own_machine(temporal_binary: Path, tmp_path: Path) -> Iterator[UserMachine]:
    """A machine on which nothing runs yet."""
    with user_machine(tmp_path / "machine", temporal_binary) as machine:
        yield machine


@pytest.fixture
def gates(tmp_path: Path) -> Gates:
    """The gates of this test."""
    return Gates.make(tmp_path / "gates")
