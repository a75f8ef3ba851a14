"""Everything is reachable by Temporal's own means: its command, its SDK, its Web UI."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import PlannedProject, git, plan_project, runbook, task

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "start_from_sdk.py"
RUN = "started-by-hand"
TWO_TASKS = runbook(
    task("Write a", "echo a > a.txt", "grep -q a a.txt", id="A"),
    task("Write b", "cat a.txt > b.txt", "grep -q a b.txt", id="B", after="[A]"),
)


def write_input(machine: UserMachine, project: PlannedProject, file: Path) -> Path:
    """Write the input of a run to a file, as a person would with `>`."""
    printed = machine.tasks("execute", project.plan_folder, "--repo", project.repository, "--print-input")
    assert printed.returncode == 0, printed.stderr
    file.write_text(printed.stdout, encoding="utf-8")
    return file


def start_by_hand(machine: UserMachine, run_id: str, *more: str | Path) -> subprocess.CompletedProcess[str]:
    names = ("--type", "ExecutePlan", "--task-queue", "tasks-control", "--workflow-id", run_id)
    return machine.temporal("workflow", "start", *names, *more)


@pytest.fixture(scope="module")
def by_hand(shared_machine: UserMachine, tmp_path_factory: pytest.TempPathFactory) -> PlannedProject:
    """A plan that was executed with nothing but Temporal's own command; the run has ended."""
    folder = tmp_path_factory.mktemp("by-hand")
    project = plan_project(folder, TWO_TASKS)
    input_file = write_input(shared_machine, project, folder / "plan-input.json")
    started = start_by_hand(shared_machine, RUN, "--input-file", input_file)
    assert started.returncode == 0, started.stderr
    return project


def test_a_plan_is_executed_with_nothing_but_temporals_command(
    shared_machine: UserMachine, by_hand: PlannedProject
) -> None:
    ended = shared_machine.temporal("workflow", "result", "--workflow-id", RUN, "--output", "json")
    assert ended.returncode == 0, ended.stderr
    result = json.loads(ended.stdout)["result"]
    assert (result["state"], result["completed"], result["total"]) == ("succeeded", 2, 2)
    assert git(by_hand.repository, "rev-parse", result["branch"]) == result["tip"]
    assert git(by_hand.repository, "show", f"{result['tip']}:b.txt") == "a"


def test_the_board_of_a_run_is_shown_by_temporals_command(
    shared_machine: UserMachine, by_hand: PlannedProject
) -> None:
    shared_machine.temporal("workflow", "result", "--workflow-id", RUN)
    shown = shared_machine.temporal("workflow", "metadata", "--workflow-id", RUN)
    assert shown.returncode == 0, shown.stderr
    assert "2 of 2 tasks landed" in shown.stdout


def test_our_command_is_a_part_of_temporals(shared_machine: UserMachine, by_hand: PlannedProject) -> None:
    shared_machine.temporal("workflow", "result", "--workflow-id", RUN)
    shown = shared_machine.temporal("tasks", "status", RUN)
    assert shown.returncode == 0, shown.stderr
    assert f"{RUN}: succeeded, 2 of 2 tasks landed on feature/change-the-app" in shown.stdout
    unknown = shared_machine.temporal("tasks", "status", "nobody")
    assert unknown.returncode == 1
    assert "nobody" in unknown.stderr


def test_flags_that_temporals_command_moves_to_the_front_reach_our_subcommand(
    shared_machine: UserMachine, by_hand: PlannedProject, tmp_path: Path
) -> None:
    document = tmp_path / "spec.md"
    document.write_text(TWO_TASKS, encoding="utf-8")
    made = shared_machine.temporal(
        "tasks", "plan", "-o", tmp_path / "plan", "-f", document, "-p", by_hand.repository
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout == f"{tmp_path / 'plan'}\n"
    assert (tmp_path / "plan" / "tasks.json").is_file()


def test_the_web_ui_answers_and_knows_the_run(shared_machine: UserMachine, by_hand: PlannedProject) -> None:
    shared_machine.temporal("workflow", "result", "--workflow-id", RUN)
    page = shared_machine.json("up")["ui_url"]
    with urllib.request.urlopen(page, timeout=10) as answer:  # noqa: S310 - our own server's address
        assert answer.status == 200
    api = f"{page}/api/v1/namespaces/default/workflows/{RUN}"
    with urllib.request.urlopen(api, timeout=10) as answer:  # noqa: S310 - the same
        run = json.load(answer)["workflowExecutionInfo"]
    assert run["type"]["name"] == "ExecutePlan"
    assert run["status"] == "WORKFLOW_EXECUTION_STATUS_COMPLETED"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ('{"repository": "/nowhere", "inline": {"tasks.json": "{}"}}', "/nowhere"),
        ('"PLAN-12345678"', "cannot be read"),
        ('{"repository": "/tmp", "plan_id": "PLAN-12345678"}', "plan_id"),
    ],
)
def test_an_input_that_is_wrong_fails_the_run_at_once(
    shared_machine: UserMachine, tmp_path: Path, given: str, named: str
) -> None:
    run_id = f"wrong-{tmp_path.name}"
    started = start_by_hand(shared_machine, run_id, "--input", given)
    assert started.returncode == 0, started.stderr
    ended = shared_machine.temporal("workflow", "result", "--workflow-id", run_id, deadline=30)
    assert ended.returncode == 1
    assert named in ended.stdout + ended.stderr


def test_a_run_that_is_refused_as_it_begins_says_why_to_whoever_asks(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    project = plan_project(tmp_path, TWO_TASKS)
    input_file = write_input(shared_machine, project, tmp_path / "plan-input.json")
    git(project.repository, "switch", "-qc", "feature/change-the-app")
    run = f"refused-{tmp_path.name}"
    assert start_by_hand(shared_machine, run, "--input-file", input_file).returncode == 0
    shared_machine.temporal("workflow", "result", "--workflow-id", run)
    status = shared_machine.json("status", run)
    assert status["state"] == "failed"
    assert "feature/change-the-app is checked out in" in status["reason"]
    assert "switch --detach" in status["reason"]
    explained = shared_machine.tasks("explain", run, "A")
    assert explained.returncode == 1
    assert "failed before its tasks were known: feature/change-the-app is checked out" in explained.stderr
    resumed = shared_machine.tasks("resume", run)
    assert resumed.returncode == 1
    assert "is checked out in" in resumed.stderr


def test_a_run_is_paused_and_continued_with_temporals_command(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    text = runbook(
        task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"),
        task("Write b", f"{gates.passing('b')}\necho b > b.txt", "test -s b.txt", id="B", after="[A]"),
    )
    project = plan_project(tmp_path, text)
    gates.close("a")
    run_id = f"paused-{tmp_path.name}"
    input_file = write_input(shared_machine, project, tmp_path / "plan-input.json")
    assert start_by_hand(shared_machine, run_id, "--input-file", input_file).returncode == 0
    gates.wait_at("a")

    paused = update(shared_machine, run_id, "pause", "--input", '{"reason": "lunch"}')
    assert "lunch" in paused["message"]
    gates.open("a")
    wait_until(
        lambda: status_of(shared_machine, run_id)["progress"]["completed"] == 1, "the task that ran landed"
    )
    assert status_of(shared_machine, run_id)["state"] == "paused"
    assert gates.points() == ["a"]

    assert update(shared_machine, run_id, "continue_run")["changed"] is True
    ended = shared_machine.temporal("workflow", "result", "--workflow-id", run_id)
    assert ended.returncode == 0, ended.stderr
    assert gates.points() == ["a", "b"]


def update(machine: UserMachine, run_id: str, name: str, *more: str) -> dict[str, Any]:
    asked = ("workflow", "update", "execute", "--workflow-id", run_id, "--name", name)
    done = machine.temporal(*asked, *more, "--output", "json")
    assert done.returncode == 0, done.stderr
    reply: dict[str, Any] = json.loads(done.stdout)["result"]
    return reply


def status_of(machine: UserMachine, run_id: str) -> dict[str, Any]:
    status: dict[str, Any] = machine.json("status", run_id)
    return status


def test_a_program_with_the_sdk_attaches_to_a_run_that_is_going_on(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    text = runbook(task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"))
    project = plan_project(tmp_path, text)
    gates.close("a")
    input_file = write_input(shared_machine, project, tmp_path / "plan-input.json")
    run_id = f"sdk-{tmp_path.name}"
    arguments = [sys.executable, str(EXAMPLE), str(input_file), run_id]
    address = shared_machine.json("up")["address"]
    programs = [
        subprocess.Popen(
            arguments,
            env={**shared_machine.environment, "TEMPORAL_ADDRESS": address},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for program in programs:
        assert program.stderr is not None
        assert f"{run_id} runs" in program.stderr.readline()
    gates.wait_at("a")
    gates.open("a")
    answers = [program.communicate(timeout=60) for program in programs]
    assert [program.returncode for program in programs] == [0, 0], answers
    assert len({answer for answer, _ in answers}) == 1
    assert gates.points() == ["a"]
    assert len(project.landed()) == 1
