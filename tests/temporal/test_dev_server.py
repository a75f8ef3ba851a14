"""The development server as a real process: what it knows outlives it; two never share a port."""

from __future__ import annotations

import asyncio
import os
import signal
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from planner.machine.processes import is_alive
from schemas.errors import WorkerPoolUnavailable
from tests.end_to_end.waiting import wait_until
from tests.unit.dev_server.programs import write_program
from workers.dev_server import DevServer, free_port, start_dev_server, stop_dev_server

RUN_ID = SearchAttributeKey.for_keyword("TasksRunId")
WAVE = SearchAttributeKey.for_int("TasksWave")


@dataclass(frozen=True)
class ServerFolder:
    """Where one server keeps its database, and with which command it is started."""

    binary: Path
    folder: Path

    async def start(self, *, port: int | None = None, ui_port: int | None = None) -> DevServer:
        return await start_dev_server(
            self.binary,
            port=port or free_port(),
            ui_port=ui_port,
            database=self.folder / "temporal.db",
            log_path=self.folder / "server.log",
        )


@pytest.fixture
def server_folder(temporal_binary: Path, tmp_path: Path) -> ServerFolder:
    return ServerFolder(temporal_binary, tmp_path)


async def with_server(
    starting: Awaitable[DevServer], use: Callable[[DevServer], Awaitable[None]]
) -> DevServer:
    """Use a server and stop it."""
    server = await starting
    try:
        await use(server)
    finally:
        assert stop_dev_server(server)
    return server


async def leave_a_workflow(server: DevServer) -> None:
    client = await Client.connect(server.address)
    attributes = TypedSearchAttributes([SearchAttributePair(RUN_ID, "run-1"), SearchAttributePair(WAVE, 3)])
    await client.start_workflow("Waiting", id="waits", task_queue="nobody", search_attributes=attributes)


async def find_the_workflow(server: DevServer) -> None:
    client = await Client.connect(server.address)
    found = await client.get_workflow_handle("waits").describe()
    assert found.typed_search_attributes[RUN_ID] == "run-1"
    assert found.typed_search_attributes[WAVE] == 3


async def known_attributes(address: str) -> dict[str, int]:
    client = await Client.connect(address)
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="default")
    )
    return {name: kind for name, kind in answer.custom_attributes.items() if name.startswith("Tasks")}


def test_our_search_attributes_are_known_from_the_start(temporal_server: DevServer) -> None:
    keyword, number = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, IndexedValueType.INDEXED_VALUE_TYPE_INT
    assert asyncio.run(known_attributes(temporal_server.address)) == {
        "TasksRunId": keyword,
        "TasksTaskId": keyword,
        "TasksPhase": keyword,
        "TasksWave": number,
    }


def test_a_server_started_again_on_its_database_knows_what_it_knew(server_folder: ServerFolder) -> None:
    async def twice() -> None:
        first = await with_server(server_folder.start(), leave_a_workflow)
        assert not is_alive(first.pid, first.start_time)
        await with_server(server_folder.start(), find_the_workflow)

    asyncio.run(twice())


def test_a_killed_server_loses_nothing_and_starts_again_on_the_same_port(server_folder: ServerFolder) -> None:
    port = free_port()

    async def killed() -> None:
        first = await server_folder.start(port=port)
        await leave_a_workflow(first)
        os.kill(first.pid, signal.SIGKILL)
        assert stop_dev_server(first)
        await with_server(server_folder.start(port=port), find_the_workflow)

    asyncio.run(killed())


def test_a_second_server_on_the_same_port_is_refused(
    temporal_server: DevServer, server_folder: ServerFolder
) -> None:
    port = int(temporal_server.address.rpartition(":")[2])
    with pytest.raises(WorkerPoolUnavailable, match=f"port {port} is in use"):
        asyncio.run(server_folder.start(port=port))


def test_a_server_is_not_taken_for_the_one_that_was_quicker_to_take_its_port(
    server_folder: ServerFolder, tmp_path: Path
) -> None:
    begun, give_up = tmp_path / "begun", tmp_path / "give-up"
    script = f"echo > {begun}; while [ ! -e {give_up} ]; do sleep 0.05; done; exit 1"
    slow = ServerFolder(write_program(tmp_path / "slow-temporal", script), tmp_path / "slow")
    port = free_port()

    async def race() -> None:
        starting = asyncio.create_task(slow.start(port=port))
        await asyncio.to_thread(wait_until, begun.exists, "the slow one has been started")

        async def slow_one_gives_up(_: DevServer) -> None:
            give_up.touch()
            with pytest.raises(WorkerPoolUnavailable, match=f"port {port} is in use"):
                await starting

        await with_server(server_folder.start(port=port), slow_one_gives_up)

    asyncio.run(race())


def test_the_web_ui_answers_where_the_record_says(server_folder: ServerFolder) -> None:
    async def look(server: DevServer) -> None:
        assert server.ui_url is not None
        with await asyncio.to_thread(urllib.request.urlopen, server.ui_url, timeout=30) as page:
            assert page.status == 200

    asyncio.run(with_server(server_folder.start(ui_port=free_port()), look))


def test_the_headless_server_names_no_web_ui(temporal_server: DevServer) -> None:
    assert temporal_server.ui_url is None
