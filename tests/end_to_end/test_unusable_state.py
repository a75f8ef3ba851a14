"""Where our state cannot be kept: every command says what is wrong, where, and which setting moves it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end import limited_program
from tests.end_to_end.tasks_command import TASKS
from tests.end_to_end.user_machine import UserMachine
from tests.small_project import plan_project, runbook, task

SETTING = "TASKS_STATE_DIR"


def limited(machine: UserMachine, file_size: str = "unlimited") -> UserMachine:
    """Return the machine of a user who has no power over permissions, and can write files of a size only."""
    program = (sys.executable, str(limited_program.__file__), file_size, str(TASKS))
    return replace(machine, program=program)


@pytest.fixture
def user(own_machine: UserMachine) -> UserMachine:
    """A user whom the permissions of folders bind."""
    return limited(own_machine)


def assert_refused(done: subprocess.CompletedProcess[str], folder: Path, why: str) -> None:
    assert (done.returncode, done.stdout) == (6, ""), done.stderr
    assert f"the state folder {folder} cannot be used: {why}" in done.stderr
    assert SETTING in done.stderr


def test_a_home_that_is_read_only(user: UserMachine, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    for command in (("up",), ("status", "a-run", "--json")):
        done = user.tasks(*command, HOME=str(home), TASKS_STATE_DIR="")
        assert_refused(done, home / ".local/state/tasks-on-temporal", "Permission denied")


def test_a_state_folder_that_is_somebody_elses_or_no_folder_at_all(user: UserMachine) -> None:
    user.state.mkdir(mode=0o000)
    for command in ("up", "down"):
        assert_refused(user.tasks(command), user.state, "Permission denied")
    doctor = user.tasks("doctor", "--json")
    assert doctor.returncode == 6
    found = json.loads(doctor.stdout)
    problems = {check["name"]: check["detail"] for check in found["checks"] if not check["ok"]}
    assert (found["ok"], found["processes"]) == (False, [])
    assert problems["state folder"] == f"{user.state} cannot be written: Permission denied"
    user.state.rmdir()
    user.state.write_text("")
    assert_refused(user.tasks("up"), user.state, "File exists")
    user.state.unlink()


def test_a_disk_that_takes_no_database(own_machine: UserMachine) -> None:
    done = limited(own_machine, file_size="60000").tasks("up")
    assert (done.returncode, done.stdout) == (6, ""), done.stderr
    assert "The Temporal server ended while it started" in done.stderr
    assert str(own_machine.state / "logs") in done.stderr
    assert own_machine.leftovers() == []


def test_a_disk_that_takes_no_record(own_machine: UserMachine) -> None:
    done = limited(own_machine, file_size="10").tasks("up")
    assert (done.returncode, done.stdout) == (6, ""), done.stderr
    assert f"the state folder {own_machine.state} cannot be used: File too large" in done.stderr
    assert SETTING in done.stderr
    assert own_machine.leftovers() == []
    assert [path.name for path in own_machine.state.glob(".*")] == [], "nothing half written is left"


def test_logs_on_a_full_disk_stop_nothing(own_machine: UserMachine, tmp_path: Path) -> None:
    logs = own_machine.state / "logs"
    logs.mkdir(parents=True)
    for name in ("supervisor", "server", "control", "worker-1", "worker-2"):
        (logs / f"{name}.log").symlink_to("/dev/full")
    up = own_machine.tasks("up")
    assert up.returncode == 0, up.stderr
    before = own_machine.processes()
    assert len(before) == 5
    project = plan_project(tmp_path, runbook(task("Write a", "echo a > a.txt", "test -s a.txt", id="A")))
    done = own_machine.tasks("execute", project.plan_folder, "--repo", project.repository)
    assert done.returncode == 0, done.stderr
    assert own_machine.processes() == before, "nothing ended and was started again"
