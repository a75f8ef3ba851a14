"""`tasks execute` and what follows it, as processes: exit codes, attaching, detaching, resuming."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.end_to_end.gates import Gates
from tests.end_to_end.tasks_command import TASKS
from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import PlannedProject, git, plan_for, plan_project, runbook, task

TWO = runbook(
    task("Write a", "echo a > a.txt", "test -s a.txt", id="A"),
    task("Write b", "cat a.txt > b.txt", "test -s b.txt", id="B", after="[A]"),
)


def gated(gates: Gates) -> str:
    gates.close("a")
    return runbook(
        task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"),
        task("Write b", "echo b > b.txt", "test -s b.txt", id="B"),
    )


def execute(project: PlannedProject, *more: str) -> tuple[str | Path, ...]:
    return ("execute", project.plan_folder, "--repo", project.repository, *more)


def test_a_detached_run_is_followed_by_whoever_executes_the_plan_again(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    project = plan_project(tmp_path, gated(gates))
    started = shared_machine.json(*execute(project, "--detach"))
    assert set(started) >= {"run_id", "plan_id", "branch", "ui_url"}
    assert started["branch"] == "feature/change-the-app"
    gates.wait_at("a")
    other = plan_project(tmp_path / "other", TWO)
    options = ("--repo", project.repository, "--branch", "feature/other", "--run-id", started["run_id"])
    refused = shared_machine.tasks("execute", other.plan_folder, *options)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"goes on with another plan, {started['plan_id']}" in refused.stderr
    second = shared_machine.start(*execute(project))
    second.wait_until_said("running already: attached")
    gates.open("a")
    assert second.end().returncode == 0
    assert gates.points() == ["a"]
    third = shared_machine.tasks(*execute(project))
    assert third.returncode == 0
    assert "has ended before: succeeded" in third.stderr
    assert len(project.landed()) == 2


def test_a_run_that_has_ended_is_no_answer_for_another_plan_or_another_repository(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    project = plan_project(tmp_path / "first", TWO)
    run = ("--run-id", f"named-{tmp_path.name}")
    assert shared_machine.tasks(*execute(project, *run)).returncode == 0
    third = task("Write c", "echo c > c.txt", "test -s c.txt", id="C", after="[B]")
    grown = plan_for(project.repository, tmp_path / "grown", f"{TWO}\n{third}")
    refused = shared_machine.tasks(*execute(grown, *run))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "has ended before with another plan" in refused.stderr
    resumed = shared_machine.tasks(*execute(grown, *run, "--resume"))
    assert resumed.returncode == 0, resumed.stderr
    assert len(grown.landed()) == 3
    elsewhere = plan_project(tmp_path / "second", TWO)
    for more in ((), ("--resume",), ("--again",)):
        refused = shared_machine.tasks(*execute(elsewhere, *run, *more))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert f"is a run of another repository, {project.repository}" in refused.stderr
    assert git(elsewhere.repository, "branch", "--list", "feature/*") == ""


def test_a_finished_plan_is_run_once_more_only_when_asked(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    project = plan_project(tmp_path, TWO)
    assert shared_machine.tasks(*execute(project)).returncode == 0
    again = shared_machine.tasks(*execute(project, "--again"))
    assert again.returncode == 0, again.stderr
    assert "2 of 2 tasks landed" in again.stderr
    assert len(project.landed()) == 2


def test_a_failed_run_ends_with_7_and_goes_on_after_the_cause_was_mended(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    mended = tmp_path / "mended"
    text = runbook(
        task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"),
        task("Write b", "echo b > b.txt", f"test -e {mended}", id="B", max_retries=0),
    )
    project = plan_project(tmp_path, text)
    failed = shared_machine.tasks(*execute(project, "--json"))
    assert failed.returncode == 7, failed.stderr
    result = json.loads(failed.stdout)
    assert (result["state"], result["completed"]) == ("failed", 1)
    assert "tasks resume" in failed.stderr
    repeated = shared_machine.tasks(*execute(project))
    assert repeated.returncode == 7
    assert "has ended before: failed" in repeated.stderr
    mended.touch()
    resumed = shared_machine.tasks("resume", result["run_id"])
    assert resumed.returncode == 0, resumed.stderr
    assert gates.points() == ["a"]
    assert len(project.landed()) == 2


def test_a_run_of_which_nothing_is_kept_ends_with_8(shared_machine: UserMachine, tmp_path: Path) -> None:
    project = plan_project(tmp_path, runbook(task("Fail", "exit 3", "true", id="A", max_retries=0)))
    failed = shared_machine.tasks(*execute(project))
    assert failed.returncode == 8, failed.stderr
    assert "exit code 3" in failed.stderr


@pytest.mark.parametrize("form", ["", "--json"])
def test_a_plan_is_piped_into_execute(shared_machine: UserMachine, tmp_path: Path, form: str) -> None:
    project = plan_project(tmp_path, TWO)
    document = tmp_path / "spec.md"
    document.write_text(TWO, encoding="utf-8")
    line = (
        f"set -euo pipefail; {TASKS} plan {form} -f {document} -p {project.repository} -o {tmp_path}/piped"
        f" | {TASKS} execute - --repo {project.repository}"
    )
    done = subprocess.run(
        ["bash", "-c", line],
        env=dict(shared_machine.environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2 of 2 tasks landed" in done.stderr


def test_nothing_on_stdin_is_an_error_that_names_pipefail(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    project = plan_project(tmp_path, TWO)
    done = shared_machine.tasks("execute", "-", "--repo", project.repository)
    assert done.returncode == 1
    assert "pipefail" in done.stderr


def test_a_dry_run_prints_the_schedule_and_starts_nothing(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    project = plan_project(tmp_path, TWO)
    before = fingerprint(project.repository)
    done = shared_machine.tasks(*execute(project, "--dry-run"))
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["task", "A", "B"]
    assert fingerprint(project.repository) == before
    assert git(project.repository, "branch", "--list", "feature/*") == ""


def test_ctrl_c_detaches_and_the_run_goes_on(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    project = plan_project(tmp_path, gated(gates))
    run = shared_machine.start(*execute(project))
    gates.wait_at("a")
    run.press_ctrl_c()
    ended = run.end(30)
    assert ended.returncode == 9, ended.stderr
    assert "goes on" in ended.stderr
    assert "tasks cancel" in ended.stderr
    gates.open("a")
    wait_until(lambda: len(project.landed()) == 2, "both tasks landed")


def test_a_cancelled_run_ends_its_follower_with_9_and_leaves_the_branches(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    project = plan_project(tmp_path, gated(gates))
    run = shared_machine.start(*execute(project, "--run-id", f"cancelled-{tmp_path.name}"))
    gates.wait_at("a")
    cancelled = shared_machine.tasks("cancel", f"cancelled-{tmp_path.name}")
    assert cancelled.returncode == 0, cancelled.stderr
    assert run.end(60).returncode == 9
    again = shared_machine.tasks("cancel", f"cancelled-{tmp_path.name}")
    assert "has ended already" in again.stdout
    assert git(project.repository, "worktree", "list").count("\n") == 0
    assert "feature/change-the-app" in git(project.repository, "branch", "--list", "feature/*")
    gates.open("a")
    resumed = shared_machine.tasks("resume", f"cancelled-{tmp_path.name}")
    assert resumed.returncode == 0, resumed.stderr
    assert len(project.landed()) == 2


def test_a_plan_that_was_edited_is_refused_with_5(shared_machine: UserMachine, tmp_path: Path) -> None:
    project = plan_project(tmp_path, TWO)
    file = project.plan_folder / "tasks.json"
    file.write_text(file.read_text().replace("Write a", "Write z"), encoding="utf-8")
    done = shared_machine.tasks(*execute(project))
    assert done.returncode == 5
    assert "tasks.json" in done.stderr
    assert git(project.repository, "branch", "--list", "feature/*") == ""


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (["checkout", "-qb", "feature/change-the-app"], "checked out"),
        (["branch", "feature"], "in the way"),
        (["branch", "task"], "in the way"),
        (["checkout", "-q", "--orphan", "empty"], "no commit"),
        (["config", "core.bare", "true"], "bare"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else None,
)
def test_a_repository_that_does_not_allow_a_run_is_refused_with_advice(
    shared_machine: UserMachine, tmp_path: Path, spoil: list[str], named: str
) -> None:
    project = plan_project(tmp_path, TWO)
    git(project.repository, *spoil)
    if "--orphan" in spoil:
        git(project.repository, "branch", "-D", "main")
    done = shared_machine.tasks(*execute(project))
    assert done.returncode == 1, done.stderr
    assert named in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) >= 2, "an error names what to do next"


def test_a_folder_without_a_repository_is_refused(shared_machine: UserMachine, tmp_path: Path) -> None:
    project = plan_project(tmp_path, TWO)
    done = shared_machine.tasks("execute", project.plan_folder, "--repo", tmp_path)
    assert done.returncode == 1
    assert "not in a git repository" in done.stderr


def test_a_plan_with_a_task_that_nobody_can_do_is_refused_before_anything_starts(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    project = plan_project(tmp_path, TWO)
    document = tmp_path / "spec.md"
    document.write_text("# Export\n\n- [ ] Write the export\n", encoding="utf-8")
    options = ("-f", document, "-p", project.repository, "-o", tmp_path / "open")
    planned = shared_machine.tasks("plan", *options)
    assert planned.returncode == 0, planned.stderr
    assert "no executor" in planned.stderr
    done = shared_machine.tasks("execute", tmp_path / "open", "--repo", project.repository)
    assert done.returncode == 1
    assert "nobody can do P1.T001" in done.stderr
    assert git(project.repository, "branch", "--list", "feature/*") == ""
