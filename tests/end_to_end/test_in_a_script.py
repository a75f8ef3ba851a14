"""Planning and executing in shell scripts: the pipe, and the CI script of seed 001."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine
from tests.small_project import git, make_repository, plan_project, runbook, task
from workers.dev_server import free_port

CI_SCRIPT = """
set -e
PLAN_DIR=$(tasks plan "Deploy version ${VERSION}" \\
  --plan-doc ./deployment-spec.md \\
  --execution-model wave_based \\
  --output-dir ../deploy-${VERSION})
tasks validate-plan ${PLAN_DIR}
tasks execute ${PLAN_DIR} --metrics-port ${PORT} --dry-run
if [ $? -eq 0 ]; then
  tasks execute ${PLAN_DIR} --metrics-port ${PORT}
fi
"""


def shell(machine: UserMachine, folder: Path, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a script of bash in a folder, with our command on PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{machine.environment['PATH']}"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**machine.environment, "PATH": path, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def project(folder: Path, check: str = "test -s a.txt") -> Path:
    """Return a repository with a document in it that is not committed."""
    repository = make_repository(folder / "project")
    text = runbook(
        task("Write a", "echo a > a.txt", check, id="A", max_retries=0),
        task("Write b", "cat a.txt > b.txt", "test -s b.txt", id="B", after="[A]"),
    )
    (repository / "deployment-spec.md").write_text(text, encoding="utf-8")
    return repository


def test_the_ci_script_of_the_seed_plans_checks_and_deploys(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    repository = project(tmp_path)
    done = shell(shared_machine, repository, CI_SCRIPT, VERSION="1.2", PORT=str(free_port()))
    assert done.returncode == 0, done.stderr
    assert "2 of 2 tasks landed" in done.stderr
    assert git(repository, "show", "feature/deploy-version-1-2:b.txt") == "a"


def test_a_failed_task_fails_the_ci_script(shared_machine: UserMachine, tmp_path: Path) -> None:
    repository = project(tmp_path, check="false")
    done = shell(shared_machine, repository, CI_SCRIPT, VERSION="2.0", PORT=str(free_port()))
    assert done.returncode == 7, done.stderr


def test_a_plan_goes_through_a_pipe_and_so_does_its_failure(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    repository = project(tmp_path)
    json_pipe = (
        "set -o pipefail; tasks plan -f deployment-spec.md -o ../plan --json | tasks execute - --dry-run"
    )
    assert shell(shared_machine, repository, json_pipe).returncode == 0
    pipe = "set -o pipefail; tasks plan -f {} -o ../plan | tasks execute - --run-id piped"
    done = shell(shared_machine, repository, pipe.format("deployment-spec.md"))
    assert done.returncode == 0, done.stderr
    assert "2 of 2 tasks landed" in done.stderr
    missing = shell(shared_machine, repository, pipe.format("nowhere.md"))
    assert missing.returncode == 1
    assert "nowhere.md" in missing.stderr
    assert "stdin is empty" in missing.stderr


def test_the_progress_of_a_followed_run_is_served_to_prometheus(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates
) -> None:
    text = runbook(task("Write a", f"{gates.passing('a')}\necho a > a.txt", "test -s a.txt", id="A"))
    planned = plan_project(tmp_path, text)
    gates.close("a")
    port = free_port()
    running = shared_machine.start(
        *("execute", planned.plan_folder, "--repo", planned.repository, "--run-id", "measured"),
        *("--metrics-port", str(port)),
    )
    running.wait_until_said("A running · develop")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        said = answer.read().decode()
    assert 'tasks_run_tasks{run="measured"' in said
    assert any(line.endswith(" 1") and 'state="running"' in line for line in said.splitlines())
    taken = shared_machine.tasks(
        *("execute", planned.plan_folder, "--repo", planned.repository, "--run-id", "other"),
        *("--metrics-port", str(port)),
    )
    assert (taken.returncode, taken.stdout) == (1, "")
    assert f"port {port}" in taken.stderr
    gates.open("a")
    assert running.end().returncode == 0
