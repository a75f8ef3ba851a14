"""The commands that look at a run: what they show of one that goes on, and of one that has failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine
from tests.small_project import PlannedProject, plan_project, runbook, task
from tests.unit.documents.report.parsed_page import ParsedPage


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
    done = shared_machine.tasks("execute", project.plan_folder, *options)
    assert done.returncode == 7
    assert "Traceback" not in done.stderr
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
    assert why.stdout.count("    the reason\n") == 2
    assert "tasks logs ended B" in why.stderr
    logs = shared_machine.tasks("logs", "ended", "B")
    assert "attempt 1" in logs.stdout
    assert "attempt 2" in logs.stdout
    assert "the reason" in logs.stdout
    one = shared_machine.tasks("logs", "ended", "B", "--attempt", "2", "--repo", ended.repository)
    assert "attempt 1" not in one.stdout


def test_the_logs_of_a_task_are_there_for_programs(
    shared_machine: UserMachine, ended: PlannedProject
) -> None:
    records = shared_machine.json("logs", "ended", "B", "--lines", "1")
    assert {record["attempt"] for record in records} == {1, 2}
    assert {record["phase"] for record in records} >= {"pre_test", "develop", "post_test"}
    assert all(Path(record["file"]).is_relative_to(ended.repository) for record in records)
    checks = next(record for record in records if record["file"].endswith("checks.json"))
    whole = Path(checks["file"]).read_text(encoding="utf-8")
    assert whole.endswith(checks["text"])
    assert checks["lines_left_out"] == len(whole.splitlines()) - 1
    none = shared_machine.tasks("logs", "ended", "B", "--phase", "land", "--json")
    assert (none.returncode, none.stdout) == (1, "")
    both = shared_machine.tasks("logs", "ended", "B", "--json", "--follow")
    assert (both.returncode, both.stdout) == (1, "")
    assert "--follow" in both.stderr


def report_of(machine: UserMachine, project: PlannedProject, run_id: str, place: Path) -> ParsedPage:
    """Return the report of a run; it is the only thing that is written."""
    before = fingerprint(project.repository)
    done = machine.tasks("report", project.plan_folder, "--run", run_id, "-o", place)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{place}\n", "")
    assert fingerprint(project.repository) == before
    return ParsedPage.of(place.read_text(encoding="utf-8"))


def test_a_report_shows_when_each_task_of_a_run_ran_landed_or_failed(
    shared_machine: UserMachine, ended: PlannedProject, tmp_path: Path
) -> None:
    page = report_of(shared_machine, ended, "ended", tmp_path / "ended.html")
    actual = {bar.shown.split()[0]: bar for bar in page.bars("gantt") if "a" in bar.kinds}
    assert {name: bar.kinds[1] for name, bar in actual.items()} == {"A": "a-completed", "B": "a-failed"}
    assert all(bar.right > bar.left for bar in actual.values())
    landings = [
        path for group in page.groups("gantt") for path in group.iter("path") if path.get("class") == "l"
    ]
    assert len(landings) == 1
    assert "now" not in {group.findtext("title") for group in page.groups("gantt")}
    said = page.text()
    assert "failed · 1 of 3 tasks landed on feature/change-the-app · 1 repeated attempt" in said
    assert "times the estimate" in said
    assert "failed, 2 attempts" in said


def test_a_report_refuses_a_run_of_another_plan_and_one_that_is_not_there(
    shared_machine: UserMachine, ended: PlannedProject, tmp_path: Path
) -> None:
    other = plan_project(tmp_path, runbook(task("Write other", "true", "true", id="O")))
    refused = shared_machine.tasks("report", other.plan_folder, "--run", "ended")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "the run ended executes the plan PLAN-" in refused.stderr
    missing = shared_machine.tasks("report", ended.plan_folder, "--run", "never")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "there is no run 'never'" in missing.stderr
    assert not (other.plan_folder / "report.html").exists()


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
    page = report_of(shared_machine, project, run_id, tmp_path / "running.html")
    assert ["a-running" in bar.kinds for bar in page.bars("gantt") if "a" in bar.kinds] == [True]
    assert "now" in {group.findtext("title") for group in page.groups("gantt")}
    rows = {row["id"]: row for row in shared_machine.json("status", run_id)["tasks"]}
    assert (rows["A"]["state"], rows["A"]["phase"], rows["A"]["attempt"]) == ("running", "develop", 1)
    assert rows["B"]["reason"] == "waits for A"
    assert shared_machine.json("explain", run_id, "B")["waiting_for"] == ["A"]
    changed = shared_machine.json("set-limits", run_id, "--max-concurrent", "4")
    assert (changed["changed"], "4" in changed["message"]) == (True, True)
    gates.open("a")
    assert run.end().returncode == 0
