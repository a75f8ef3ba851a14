"""`tasks execute --dry-run` only looks: the repository is the same afterwards, bit by bit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tasks_cli.command_line import tasks
from tasks_cli.exit_status import exit_status
from tests.folder_snapshot import folder_snapshot
from tests.small_project import PlannedProject, plan_project, runbook, task


@pytest.fixture
def project(tmp_path: Path) -> PlannedProject:
    return plan_project(tmp_path, runbook(task("Write a", "echo a > a.txt", "test -s a.txt", id="A")))


def execute(project: PlannedProject, *more: str) -> int:
    return exit_status(tasks, ["execute", str(project.plan_folder), "--repo", str(project.repository), *more])


def test_a_dry_run_changes_no_bit_of_the_repository_and_of_the_plan_folder(
    project: PlannedProject, tmp_path: Path
) -> None:
    before = folder_snapshot(tmp_path)
    assert execute(project, "--dry-run") == 0
    assert folder_snapshot(tmp_path) == before


def test_a_dry_run_says_times_as_a_person_does(
    project: PlannedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(project, "--dry-run") == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["task", "start", "end", "title"]
    assert re.fullmatch(r"A +0 s +[\d a-z]+(?:s|min) +Write a", row), row


def test_a_dry_run_names_the_run_once_the_repository_has_an_id(
    project: PlannedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(project, "--dry-run", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["run_id"], shown["branch"]) == (None, "feature/change-the-app")
    assert execute(project, "--print-input") == 0  # stores the plan, and so gives the repository its id
    capsys.readouterr()
    assert execute(project, "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out)["run_id"].startswith("PLAN-")


def test_a_rehearsal_takes_neither_the_branch_nor_the_name_of_the_real_run(
    project: PlannedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(project, "--print-input") == 0  # stores the plan, and so gives the repository its id
    capsys.readouterr()
    assert execute(project, "--dry-run", "--json") == 0
    real = json.loads(capsys.readouterr().out)
    assert execute(project, "--dry-run", "--json", "--executor", "noop") == 0
    rehearsal = json.loads(capsys.readouterr().out)
    assert rehearsal["branch"] == "rehearsal/change-the-app"
    assert rehearsal["run_id"] == f"{real['run_id']}-rehearsal"
    assert execute(project, "--dry-run", "--json", "--executor", "noop", "--branch", "mine") == 0
    assert json.loads(capsys.readouterr().out)["branch"] == "mine"
