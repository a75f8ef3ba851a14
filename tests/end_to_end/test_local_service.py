"""`tasks up`, `down`, `doctor`: one service for each user, which comes back and goes without a trace."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import plan_project, runbook, task


def test_up_twice_is_one_service_and_doctor_names_its_processes(own_machine: UserMachine) -> None:
    before = own_machine.json("doctor")
    assert (before["ok"], before["processes"]) == (True, [])
    first = own_machine.json("up")
    pids = own_machine.processes()
    assert own_machine.json("up") == first
    assert own_machine.processes() == pids
    roles = [row["role"] for row in own_machine.json("doctor")["processes"]]
    assert roles == ["supervisor", "server", "control", "worker", "worker"]
    assert own_machine.tasks("down").stdout == "stopped\n"
    assert own_machine.tasks("down").stdout == "nothing was running\n"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("role", ["server", "control", "worker", "supervisor"])
def test_a_killed_process_of_the_service_costs_the_run_nothing(
    own_machine: UserMachine, tmp_path: Path, gates: Gates, role: str
) -> None:
    gates.close("a")
    text = runbook(
        task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"),
        task("Write b", "echo b > b.txt", "test -s b.txt", id="B", after="[A]"),
    )
    project = plan_project(tmp_path, text)
    options = ("--repo", project.repository, "--run-id", "survivor", "--detach")
    assert own_machine.tasks("execute", project.plan_folder, *options).returncode == 0
    gates.wait_at("a")
    victims = own_machine.processes(role)
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    gates.open("a")
    if role == "supervisor":
        assert own_machine.tasks("up").returncode == 0
    wait_until(
        lambda: own_machine.processes(role) and not set(own_machine.processes(role)) & set(victims),
        "it was started again",
    )
    ended = own_machine.tasks("status", "survivor", "--watch", deadline=120)
    assert ended.returncode == 0, ended.stderr
    assert project.landed() == ["Land A: Write a", "Land B: Write b"]
