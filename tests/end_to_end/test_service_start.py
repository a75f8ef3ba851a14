"""What can happen while the local service starts: it is killed, it hangs, it is stopped, it is not alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.gated_temporal import GatedTemporal
from tests.end_to_end.user_machine import UserMachine, user_machine
from tests.end_to_end.waiting import wait_until
from workers.service_record import ServiceRecord, read_service
from workers.state_folder import StateFolder

SOON_SECONDS = 25  # far less than the 30 s in which a server, and the 90 s in which a service must be ready


@pytest.fixture
def gated(tmp_path: Path, temporal_binary: Path) -> GatedTemporal:
    return GatedTemporal.make(tmp_path / "gated", temporal_binary)


@pytest.fixture
def slow_machine(tmp_path: Path, temporal_binary: Path, gated: GatedTemporal) -> Iterator[UserMachine]:
    """A machine whose Temporal server begins when the gate is opened."""
    with user_machine(
        tmp_path / "machine", temporal_binary, TASKS_TEMPORAL_CLI=str(gated.command)
    ) as machine:
        yield machine


def record_of(machine: UserMachine) -> ServiceRecord:
    record = read_service(StateFolder(machine.state))
    assert record is not None, "the service is recorded while it starts"
    return record


def test_a_service_killed_while_it_starts_is_not_waited_for_and_leaves_nothing(
    slow_machine: UserMachine, gated: GatedTemporal
) -> None:
    up = slow_machine.start("up")
    gated.wait_for_starts()
    record = record_of(slow_machine)
    assert not record.ready
    os.kill(record.supervisor.pid, signal.SIGKILL)
    ended = up.end(SOON_SECONDS)
    assert ended.returncode == 6
    assert "ended while it started" in ended.stderr
    assert str(slow_machine.state / "logs" / "supervisor.log") in ended.stderr
    wait_until(lambda: not slow_machine.leftovers(), slow_machine.leftovers, seconds=10)


def test_down_ends_a_service_that_hangs_while_it_starts_and_nobody_waits_for_it_any_more(
    slow_machine: UserMachine, gated: GatedTemporal
) -> None:
    up = slow_machine.start("up")
    gated.wait_for_starts()
    os.kill(record_of(slow_machine).supervisor.pid, signal.SIGSTOP)
    os.kill(gated.pids()[0], signal.SIGSTOP)
    assert slow_machine.tasks("down", deadline=SOON_SECONDS).stdout == "stopped\n"
    ended = up.end(SOON_SECONDS)
    assert (ended.returncode, ended.stdout) == (6, "")
    assert slow_machine.leftovers() == []


def test_a_service_that_starts_is_adopted_by_the_next_command_and_not_started_twice(
    slow_machine: UserMachine, gated: GatedTemporal
) -> None:
    first = slow_machine.start("up")
    gated.wait_for_starts()
    starting = record_of(slow_machine)
    first.process.kill()
    first.process.wait()
    second, third = slow_machine.start("up", "--json"), slow_machine.start("up", "--json")
    gated.open()
    ended = [each.end() for each in (second, third)]
    assert [each.returncode for each in ended] == [0, 0], ended
    assert ended[0].stdout == ended[1].stdout
    assert slow_machine.processes("supervisor") == [starting.supervisor.pid]
    assert slow_machine.processes("server") == gated.pids()


def test_the_port_of_the_projects_file_is_the_servers(
    slow_machine: UserMachine, gated: GatedTemporal, tmp_path: Path
) -> None:
    port = slow_machine.environment["TASKS_PORT"]
    project = tmp_path / "project"
    project.mkdir()
    (project / "tasks.toml").write_text(f"[server]\nport = {port}\n")
    gated.open()
    up = slow_machine.tasks("up", "--json", cwd=project, TASKS_PORT="")
    assert up.returncode == 0, up.stderr
    assert record_of(slow_machine).address == f"127.0.0.1:{port}"
