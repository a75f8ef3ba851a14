from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.settings import ServerSettings, Settings
from tests.end_to_end.waiting import wait_until
from tests.unit.dev_server.programs import write_program, write_temporal
from tests.unit.local_service.daemon_process import daemon_process, record_of
from workers import machine_checks
from workers.health_check import HealthCheck
from workers.health_checks import health_checks
from workers.service_record import SERVICE_VARIABLE, service_mark, write_service
from workers.state_folder import StateFolder, build_id
from workers.temporal_binary import PINNED_VERSION, cached_temporal

NAMES = [
    "python",
    "git",
    "temporal",
    "state folder",
    "service",
    "ports",
    "disk of the state folder",
    "disk of the worktrees",
    "open files",
    "processes",
    "sandbox",
    "coding agents",
]


class Doctor:
    """Looks at a machine whose PATH has nothing but git and what a test puts there."""

    def __init__(self, folder: Path, state: StateFolder) -> None:
        self.state = state
        self.programs = folder / "bin"
        self.programs.mkdir()
        (self.programs / "git").symlink_to("/usr/bin/git")
        self.environment = {"PATH": str(self.programs), "TASKS_CACHE_DIR": str(folder / "cache")}
        write_temporal(cached_temporal(self.environment), PINNED_VERSION)

    def look(self, settings: Settings | None = None) -> dict[str, HealthCheck]:
        checks = health_checks(self.state, settings or Settings(), self.programs, self.environment)
        return {check.name: check for check in checks}


@pytest.fixture
def doctor(tmp_path: Path, state: StateFolder) -> Doctor:
    return Doctor(tmp_path, state)


def test_every_check_says_what_was_found_and_what_is_not_ok_says_what_to_do(doctor: Doctor) -> None:
    checks = doctor.look()
    assert list(checks) == NAMES
    for check in checks.values():
        assert check.detail
        assert bool(check.advice) == (check.status != "ok")


def test_nothing_is_made_by_looking(doctor: Doctor) -> None:
    doctor.state.path.rmdir()
    before = sorted(doctor.programs.parent.rglob("*"))
    assert doctor.look()["state folder"].ok
    assert sorted(doctor.programs.parent.rglob("*")) == before


@pytest.mark.parametrize(("version", "status"), [("2.37.9", "problem"), ("2.38.0", "ok"), ("3.0", "ok")])
def test_git_is_compared_with_the_oldest_that_can_land(doctor: Doctor, version: str, status: str) -> None:
    (doctor.programs / "git").unlink()
    write_program(doctor.programs / "git", f"echo git version {version}")
    check = doctor.look()["git"]
    assert check.status == status
    assert version in check.detail


def test_a_machine_without_git_has_a_problem(doctor: Doctor) -> None:
    (doctor.programs / "git").unlink()
    check = machine_checks.git_check(doctor.environment)
    assert (check.status, check.detail) == ("problem", "not on PATH")
    assert "2.38" in check.advice


def test_temporal_is_named_with_its_version_and_how_it_was_found(doctor: Doctor) -> None:
    assert (
        f"{PINNED_VERSION} at {cached_temporal(doctor.environment)} (in the cache"
        in doctor.look()["temporal"].detail
    )
    on_path = write_temporal(doctor.programs / "temporal", "9.9.9")
    assert doctor.look()["temporal"].detail == f"9.9.9 at {on_path} (on PATH)"
    named = write_temporal(doctor.programs.parent / "mine", "0.0.0-DEV")
    doctor.environment["TASKS_TEMPORAL_CLI"] = str(named)
    assert doctor.look()["temporal"].detail == f"0.0.0-DEV at {named} (named by TASKS_TEMPORAL_CLI)"
    named.unlink()
    check = doctor.look()["temporal"]
    assert (check.status, check.ok) == ("problem", False)


def test_a_server_that_does_not_answer_is_told(doctor: Doctor, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, daemon_process(tmp_path) as supervisor:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        record = record_of(supervisor.as_service("supervisor"))
        write_service(doctor.state, record.model_copy(update={"build": build_id(), "address": address}))
        check = doctor.look()["service"]
    assert (check.status, check.ok) == ("warning", True)
    assert f"its server does not answer at {address}" in check.detail
    assert "`tasks down`" in check.advice


def test_a_temporal_that_is_still_to_be_made_is_a_warning(doctor: Doctor) -> None:
    cached_temporal(doctor.environment).unlink()
    check = doctor.look()["temporal"]
    assert (check.status, check.ok) == ("warning", True)


def test_a_server_elsewhere_is_asked_whether_it_is_there(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{server.getsockname()[1]}"
        doctor.environment["TEMPORAL_ADDRESS"] = address
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        assert doctor.look()["temporal"].status == "problem"
        server.listen()
        checks = doctor.look()
    assert (checks["temporal"].status, checks["ports"].status) == ("ok", "ok")
    assert address in checks["temporal"].detail


def test_a_port_that_is_taken_is_a_problem_only_if_it_was_asked_for(doctor: Doctor) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        check = doctor.look(Settings(server=ServerSettings(ui_port=port)))["ports"]
    assert check.status == "problem"
    assert f"TASKS_UI_PORT={port}" in check.detail
    assert doctor.look()["ports"].ok


def test_a_service_is_running_being_started_of_another_build_or_left_alone(
    doctor: Doctor, tmp_path: Path
) -> None:
    assert doctor.look()["service"].detail.startswith("not running")
    with daemon_process(tmp_path) as supervisor, daemon_process(tmp_path) as server:
        record = record_of(supervisor.as_service("supervisor"), server.as_service("server"))
        current = record.model_copy(update={"build": build_id()})
        for written, status, word in (
            (current, "ok", f"running: supervisor {supervisor.identity.pid}"),
            (current.model_copy(update={"ready": False}), "warning", "being started"),
            (record, "warning", "of another build"),
        ):
            write_service(doctor.state, written)
            check = doctor.look()["service"]
            assert check.status == status
            assert word in check.detail
        os.kill(supervisor.identity.pid, 9)
        wait_until(lambda: not supervisor.alive(), "the supervisor has ended")
        check = doctor.look()["service"]
    assert check.status == "warning"
    assert f"are left: {server.identity.pid}" in check.detail


def test_a_process_of_the_service_that_no_record_names_is_seen(doctor: Doctor, tmp_path: Path) -> None:
    with daemon_process(tmp_path, mark={SERVICE_VARIABLE: service_mark(doctor.state)}) as server:
        assert str(server.identity.pid) in doctor.look()["service"].detail


def test_little_space_is_a_warning_and_none_a_problem(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "disk of the state folder"
    monkeypatch.setattr(machine_checks, "LITTLE_BYTES", 1 << 60)
    assert (doctor.look()[name].status, doctor.look()[name].ok) == ("warning", True)
    monkeypatch.setattr(machine_checks, "TOO_LITTLE_BYTES", 1 << 60)
    assert (doctor.look()[name].status, doctor.look()[name].ok) == ("problem", False)


def test_few_open_files_are_a_warning_that_names_the_command() -> None:
    program = (
        "import resource; from workers.machine_checks import open_files_check as check;"
        "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard)); print(check())"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True
    )
    assert "status='warning'" in done.stdout
    assert "only 200" in done.stdout
    assert "ulimit -n" in done.stdout


def test_the_sandbox_says_what_is_possible_and_that_nothing_uses_it_yet(doctor: Doctor) -> None:
    detail = doctor.look()["sandbox"].detail
    assert "no bubblewrap" in detail
    assert "nothing is sandboxed yet" in detail
    write_program(doctor.programs / "bwrap", "echo setting up uid map: Permission denied >&2; exit 1")
    detail = doctor.look()["sandbox"].detail
    assert "does not work (setting up uid map: Permission denied)" in detail
    assert "possible: bubblewrap" not in detail
    write_program(doctor.programs / "bwrap", 'while [ "$1" != /bin/sh ]; do shift; done; exec "$@"')
    assert doctor.look()["sandbox"].detail.startswith(
        f"possible: bubblewrap (bubblewrap at {doctor.programs}"
    )


def test_coding_agents_are_found_without_being_started_and_none_is_needed(
    doctor: Doctor, tmp_path: Path
) -> None:
    check = doctor.look()["coding agents"]
    assert (check.status, "none on PATH" in check.detail) == ("ok", True)
    for command in ("claude", "cursor-agent"):
        write_program(doctor.programs / command, f"touch {tmp_path}/started")
    detail = doctor.look()["coding agents"].detail
    assert f"Claude Code at {doctor.programs}/claude, Cursor CLI at {doctor.programs}/cursor-agent" in detail
    assert not (tmp_path / "started").exists()
