"""Whole runs through the service, while others work on the same repository."""

from __future__ import annotations

import json
from pathlib import Path

from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import PlannedProject, git, plan_project, runbook, task

FILES = {"README.md": "# App\n", "lines.txt": "one\ntwo\nthree\n"}
VERIFY = "```sh verify\ntest -f README.md\n```\n"


def execute(project: PlannedProject, *more: str) -> tuple[str | Path, ...]:
    return ("execute", project.plan_folder, "--repo", project.repository, *more)


def on(project: PlannedProject, branch: str) -> dict[str, str]:
    names = git(project.repository, "ls-tree", "-r", "--name-only", branch).splitlines()
    return {name: git(project.repository, "show", f"{branch}:{name}") for name in names}


def wait_for_landing(machine: UserMachine, run: str, task_id: str) -> None:
    def landed() -> bool:
        return any(
            found["id"] == task_id and found["state"] == "completed"
            for found in machine.json("status", run)["tasks"]
        )

    wait_until(landed, f"{task_id} has landed")


def test_two_runs_share_a_repository_and_a_third_may_not_have_their_branch(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    gates.close("a")
    text = runbook(
        task("Write a", f"{gates.passing('a')}\necho $TASKS_RUN_ID > a.txt", id="A"), verify=VERIFY
    )
    project = plan_project(tmp_path, text, FILES)
    names = [f"{kind}-{tmp_path.name}" for kind in ("one", "two", "three")]
    git(project.repository, "clone", "-q", "--bare", str(project.repository), str(tmp_path / "remote.git"))
    git(project.repository, "remote", "add", "origin", str(tmp_path / "remote.git"))
    runs = [
        shared_machine.start(*execute(project, "--run-id", name, "--branch", f"feature/{name}"))
        for name in names[:2]
    ]
    # Two runs that start at once on a busy machine take their time.
    wait_until(lambda: gates.points().count("a") == 2, lambda: [run.said() for run in runs], seconds=180)
    third = shared_machine.tasks(*execute(project, "--run-id", names[2], "--branch", f"feature/{names[0]}"))
    assert third.returncode == 1, third.stderr
    assert f"the run {names[0]} works on feature/{names[0]}" in third.stderr
    assert f"tasks cancel {names[0]}" in third.stderr
    (project.repository / "README.md").write_text("# Changed meanwhile\n")
    git(project.repository, "commit", "-qam", "Change it meanwhile")
    git(project.repository, "push", "-q", "-u", "origin", "main")
    before = fingerprint(project.repository)
    gates.open("a")
    for run in runs:
        ended = run.end()
        assert ended.returncode == 0, ended.stderr
    for name in names[:2]:
        assert on(project, f"feature/{name}") == {
            "README.md": "# App",
            "lines.txt": "one\ntwo\nthree",
            "a.txt": name,
        }
    assert fingerprint(project.repository) == before
    assert git(tmp_path / "remote.git", "show", "main:README.md") == "# Changed meanwhile"
    later = shared_machine.tasks(*execute(project, "--run-id", names[2], "--branch", f"feature/{names[0]}"))
    assert later.returncode == 1
    assert "not of this run" in later.stderr


def test_conflicts_are_redone_on_the_new_tip_and_only_the_second_is_charged(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    gates.close("C")
    change = "sed -i 2s/.*/{0}/ lines.txt\n"
    slow = task("Be C", change.format("C") + gates.passing("C"), id="C")
    # A lands while C is in its first pass, and B, which waits for that, while C is in its second.
    first = task("Be A", change.format("A") + gates.passing("A"), id="A")
    gates.close("B")
    second = task("Be B", gates.passing("B") + "\n" + change.format("B"), id="B", after="[A]")
    project = plan_project(tmp_path, runbook(first, second, slow, verify=VERIFY), FILES)
    before = fingerprint(project.repository)
    run = shared_machine.start(*execute(project, "--run-id", f"conflicts-{tmp_path.name}", "--json"))
    gates.wait_at("C")
    gates.wait_at("B")  # A has landed
    (gates.folder / "C#2").touch()
    gates.open("C")
    gates.wait_at("C", times=2)
    gates.open("B")
    wait_for_landing(shared_machine, f"conflicts-{tmp_path.name}", "B")
    (gates.folder / "C#2").unlink()
    ended = run.end()
    assert ended.returncode == 0, ended.stderr
    assert on(project, "feature/change-the-app")["lines.txt"] == "one\nC\nthree"
    assert project.landed() == ["Land A: Be A", "Land B: Be B", "Land C: Be C"]
    attempts = git(
        project.repository,
        "log",
        "-1",
        "--format=%(trailers:key=Tasks-Attempt,valueonly)",
        "feature/change-the-app",
    )
    assert attempts.strip() == "3"
    charged = {done["task_id"]: done["attempts"] for done in json.loads(ended.stdout)["tasks"]}
    assert charged == {"A": 1, "B": 1, "C": 2}
    assert fingerprint(project.repository) == before


def test_a_flaky_check_is_accepted_when_the_setting_says_so_and_shown_in_the_status(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    check = f"echo x >> {runs}; test $(wc -l < {runs}) -ne 2"
    project = plan_project(
        tmp_path,
        runbook(task("Write a", "echo a > a.txt", check, id="A", max_retries=0), verify=VERIFY),
        FILES,
    )
    name = f"flaky-{tmp_path.name}"
    done = shared_machine.tasks(*execute(project, "--run-id", name), TASKS_FLAKY_CHECKS="accept")
    assert done.returncode == 0, done.stderr
    assert "flaky: red, then green on the same tree; it counts as green" in done.stderr
    assert any("flaky" in note for note in shared_machine.json("status", name)["notes"])
    shown = shared_machine.tasks("logs", name, "A", "--repo", project.repository, "--lines", "200")
    assert '"flaky": true' in shown.stdout
    refused = shared_machine.tasks(*execute(project, "--run-id", f"no-{name}"), TASKS_FLAKY_CHECKS="maybe")
    assert refused.returncode == 1
    assert "TASKS_FLAKY_CHECKS" in refused.stderr
