from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from planner.machine.processes import is_alive, process_start_time
from tests.end_to_end.waiting import wait_until
from tests.unit.local_service.daemon_process import STUBBORN, daemon_process, record_of
from workers.service_end import end_service
from workers.service_record import (
    SERVICE_VARIABLE,
    ServiceProcess,
    read_service,
    service_mark,
    write_service,
)
from workers.state_folder import StateFolder


def test_nothing_was_running_and_that_is_fine_twice(state: StateFolder) -> None:
    assert end_service(state) is False
    assert end_service(state) is False


def test_every_recorded_process_is_ended_even_when_the_supervisor_is_gone(
    state: StateFolder, tmp_path: Path
) -> None:
    with daemon_process(tmp_path) as supervisor, daemon_process(tmp_path) as server:
        write_service(state, record_of(supervisor.as_service("supervisor"), server.as_service("server")))
        os.kill(supervisor.identity.pid, signal.SIGKILL)
        assert end_service(state) is True
        assert not server.alive()
    assert not state.service_file.exists()
    assert end_service(state) is False


def test_a_stopped_process_is_ended(state: StateFolder, tmp_path: Path) -> None:
    with daemon_process(tmp_path) as supervisor, daemon_process(tmp_path) as worker:
        write_service(state, record_of(supervisor.as_service("supervisor"), worker.as_service("worker")))
        for process in (supervisor, worker):
            os.kill(process.identity.pid, signal.SIGSTOP)
        assert end_service(state) is True
        assert not supervisor.alive()
        assert not worker.alive()


@pytest.mark.usefixtures("little_patience")
def test_what_does_not_listen_is_killed_with_the_commands_below_it(
    state: StateFolder, tmp_path: Path
) -> None:
    command = tmp_path / "command"
    script = f"trap '' TERM; (trap '' TERM; echo $BASHPID > {command}; sleep 1000 & wait) & {STUBBORN}"
    with daemon_process(tmp_path) as supervisor, daemon_process(tmp_path, script) as worker:
        wait_until(lambda: command.exists() and command.read_text(), "the command has begun")
        below = int(command.read_text())
        begun = process_start_time(below) or 0
        assert is_alive(below, begun)
        write_service(state, record_of(supervisor.as_service("supervisor"), worker.as_service("worker")))
        assert end_service(state) is True
        assert not supervisor.alive()
        assert not worker.alive()
        assert not is_alive(below, begun)


def test_what_carries_the_mark_is_ended_though_no_record_names_it(state: StateFolder, tmp_path: Path) -> None:
    ours = {SERVICE_VARIABLE: service_mark(state)}
    others = {SERVICE_VARIABLE: f"{service_mark(state)}-of-another"}
    with daemon_process(tmp_path, mark=ours) as server, daemon_process(tmp_path, mark=others) as stranger:
        assert end_service(state) is True
        assert not server.alive()
        assert stranger.alive()


def test_a_link_to_the_state_folder_names_the_same_service(state: StateFolder, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(state.path)
    with daemon_process(tmp_path, mark={SERVICE_VARIABLE: service_mark(state)}) as server:
        assert end_service(StateFolder(link)) is True
        assert not server.alive()


def test_a_supervisor_ends_what_was_before_it_and_neither_itself_nor_its_own_record(
    state: StateFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVICE_VARIABLE, service_mark(state))
    ourselves = ServiceProcess(
        role="supervisor", pid=os.getpid(), start_time=process_start_time(os.getpid()) or 0, name="supervisor"
    )
    with daemon_process(tmp_path) as server:
        record = record_of(ourselves, server.as_service("server"))
        write_service(state, record)
        assert end_service(state) is True
        assert not server.alive()
    assert read_service(state) == record
