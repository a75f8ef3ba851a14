from __future__ import annotations

import asyncio
import socket
from itertools import pairwise
from pathlib import Path

import pytest

from schemas.errors import WorkerPoolUnavailable
from tests.unit.dev_server.programs import write_program
from workers.dev_server import HOST, DevServer, free_port, is_free, server_argv, start_dev_server


def start(binary: Path, folder: Path, *, port: int, ui_port: int | None = None) -> DevServer:
    starting = start_dev_server(
        binary, port=port, ui_port=ui_port, database=folder / "temporal.db", log_path=folder / "server.log"
    )
    return asyncio.run(starting)


@pytest.mark.parametrize(("which", "variable"), [("port", "TASKS_PORT"), ("UI port", "TASKS_UI_PORT")])
def test_a_port_in_use_is_named_with_the_way_to_change_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str, variable: str
) -> None:
    monkeypatch.setattr("workers.dev_server.PORT_SECONDS", 0.2)
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        ports = {"port": taken} if which == "port" else {"port": free_port(), "ui_port": taken}
        with pytest.raises(WorkerPoolUnavailable, match=f"{which} {taken} is in use") as raised:
            start(tmp_path / "never-started", tmp_path, **ports)
    assert variable in raised.value.hint


def test_a_server_that_ends_at_once_is_shown_with_the_end_of_its_log(tmp_path: Path) -> None:
    binary = write_program(tmp_path / "temporal", 'echo "unable to open database" >&2; exit 3')
    with pytest.raises(WorkerPoolUnavailable, match="unable to open database") as raised:
        start(binary, tmp_path, port=free_port())
    assert str(tmp_path / "server.log") in raised.value.hint


def test_a_free_port_can_be_used_and_is_not_free_afterwards() -> None:
    port = free_port()
    assert is_free(port)
    with socket.socket() as server:
        server.bind((HOST, port))
        server.listen()
        assert not is_free(port)


def test_the_server_keeps_a_database_with_a_write_ahead_log_and_our_search_attributes(tmp_path: Path) -> None:
    argv = server_argv(
        tmp_path / "temporal", port=1, ui_port=None, database=tmp_path / "t.db", namespace="default"
    )
    pairs = list(pairwise(argv))
    assert ("--sqlite-pragma", "journal_mode=wal") in pairs
    assert ("--dynamic-config-value", "history.transferProcessorMaxPollRPS=200") in pairs
    assert [value for option, value in pairs if option == "--search-attribute"] == [
        "TasksRunId=Keyword",
        "TasksTaskId=Keyword",
        "TasksPhase=Keyword",
        "TasksWave=Int",
    ]
    assert "--headless" in argv
