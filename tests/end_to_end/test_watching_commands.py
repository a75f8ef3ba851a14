"""The commands that watch and steer, on a run that goes on, has ended, or never was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine
from tests.small_project import PlannedProject, plan_project, runbook, task

STEERING = (
    ("pause",),
    ("continue",),
    ("retry", "A"),
    ("skip", "A"),
    ("cancel", "A"),
    ("set-limits", "-j", "2"),
)


def asked(command: tuple[str, ...], run_id: str) -> tuple[str, ...]:
    return (command[0], run_id, *command[1:])


@pytest.fixture(scope="module")
def ended(shared_machine: UserMachine, tmp_path_factory: pytest.TempPathFactory) -> PlannedProject:
    """A run with one landed, one failed and one blocked task."""
    text = runbook(
        task("Write a", "echo a > a.txt", "test -s a.txt", id="A"),
        task("Write b", "echo b > b.txt", 'echo "the reason"; false', id="B", max_retries=1),
        task("Write c", "echo c > c.txt", "true", id="C", after="[B]"),
    )
    project = plan_project(tmp_path_factory.mktemp("ended"), text)
    options = ("--repo", project.repository, "--run-id", "ended")
    assert shared_machine.tasks("execute", project.plan_folder, *options).returncode == 7
    return project


def test_a_status_has_the_shape_that_scripts_rely_on(
    shared_machine: UserMachine, ended: PlannedProject
) -> None:
    status = shared_machine.json("status", "ended")
    assert status["state"] == "failed"
    assert status["branch"] == "feature/change-the-app"
    assert status["progress"] == {"completed": 1, "total": 3}
    rows = {row["id"]: row for row in status["tasks"]}
    assert set(rows["A"]) >= {"id", "state", "phase", "attempt", "reason", "landed_commit"}
    assert (rows["A"]["state"], rows["B"]["state"], rows["C"]["state"]) == ("completed", "failed", "blocked")
    assert rows["B"]["attempt"] == 2
    assert "B" in rows["C"]["reason"]
    listed = shared_machine.json("runs")
    mine = next(run for run in listed if run["run_id"] == "ended")
    assert mine["state"] == "failed"
    assert "tasks" not in mine
    assert ended.landed() == ["Land A: Write a"]


def test_a_failed_task_is_explained_and_its_logs_show_each_attempt(
    shared_machine: UserMachine, ended: PlannedProject
) -> None:
    why = shared_machine.tasks("explain", "ended", "B")
    assert "B is failed" in why.stdout
    logs = shared_machine.tasks("logs", "ended", "B")
    assert "attempt 1" in logs.stdout
    assert "attempt 2" in logs.stdout
    assert "the reason" in logs.stdout
    one = shared_machine.tasks("logs", "ended", "B", "--attempt", "2", "--repo", ended.repository)
    assert "attempt 1" not in one.stdout


@pytest.mark.parametrize("command", STEERING, ids=lambda command: command[0])
def test_an_ended_run_is_not_steered_and_says_what_to_do(
    shared_machine: UserMachine, ended: PlannedProject, command: tuple[str, ...]
) -> None:
    refused = shared_machine.tasks(*asked(command, "ended"))
    assert refused.returncode == 1
    assert "has ended" in refused.stderr
    assert "tasks resume ended" in refused.stderr
    assert refused.stdout == ""
    assert len(ended.landed()) == 1


@pytest.mark.parametrize(
    "command",
    [("status",), ("explain", "A"), ("logs", "A"), ("resume",), ("cancel",), *STEERING],
    ids="-".join,
)
def test_an_unknown_run_is_named(shared_machine: UserMachine, command: tuple[str, ...]) -> None:
    done = shared_machine.tasks(*asked(command, "nobody"))
    assert done.returncode == 1, done.stderr
    assert "nobody" in done.stderr
    assert "tasks runs" in done.stderr
    assert done.stdout == ""


def test_a_running_task_shows_its_phase_and_what_waits_says_for_what(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    gates.close("a")
    text = runbook(
        task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"),
        task("Write b", "echo b > b.txt", "test -s b.txt", id="B", after="[A]"),
    )
    project = plan_project(tmp_path, text)
    run_id = f"watched-{tmp_path.name}"
    run = shared_machine.start(
        "execute", project.plan_folder, "--repo", project.repository, "--run-id", run_id
    )
    gates.wait_at("a")
    rows = {row["id"]: row for row in shared_machine.json("status", run_id)["tasks"]}
    assert (rows["A"]["state"], rows["A"]["phase"], rows["A"]["attempt"]) == ("running", "develop", 1)
    assert rows["B"]["reason"] == "waits for A"
    assert shared_machine.json("explain", run_id, "B")["waiting_for"] == ["A"]
    assert "lunch" in shared_machine.tasks("pause", run_id, "--reason", "lunch").stdout
    assert "already" in shared_machine.tasks("pause", run_id).stdout
    assert "goes on" in shared_machine.tasks("continue", run_id).stdout
    assert "not paused" in shared_machine.tasks("continue", run_id).stdout
    assert "only a failed task" in shared_machine.tasks("retry", run_id, "A").stderr
    assert "cancel it first" in shared_machine.tasks("skip", run_id, "A").stderr
    assert "3 tasks at once" in shared_machine.tasks("set-limits", run_id, "-j", "3").stdout
    gates.open("a")
    assert run.end().returncode == 0
