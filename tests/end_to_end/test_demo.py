"""The demo and the example for the SDK, called as the README says, with a Temporal of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.tasks_command import run_tasks
from tests.unit.examples.runbook_tasks import INVENTORY, git

EXAMPLES = INVENTORY.parent
DEADLINE = 280


@dataclass(frozen=True, slots=True)
class Machine:
    """A user's machine: a folder for his work, and an environment in which nothing runs yet."""

    folder: Path
    environment: dict[str, str]

    def python(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one of the examples, with more in its environment."""
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )


@pytest.fixture(scope="module")
def machine(temporal_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    environment = {**os.environ, "TASKS_STATE_DIR": str(folder / "state")}
    yield Machine(folder, environment)
    stopped = run_tasks(["down"], folder, environment)
    assert stopped.returncode == 0, stopped.stderr


@pytest.mark.timeout(900)
def test_the_demo_keeps_what_it_promises_and_can_be_called_twice(machine: Machine) -> None:
    for number in ("first", "second"):
        demo = machine.python(EXAMPLES / "run_demo.py", "--folder", machine.folder / number)
        assert demo.returncode == 0, demo.stdout + demo.stderr
        assert "All as promised" in demo.stdout
        assert re.search(r"exact-cents +completed \(attempt 2\)", demo.stdout), demo.stdout
        assert "http://" in demo.stdout


@pytest.mark.timeout(600)
def test_the_demo_of_the_broken_runbook_shows_one_failure_and_what_it_holds_up(machine: Machine) -> None:
    arguments = ("--folder", machine.folder / "broken", "--runbook", "BROKEN_RUNBOOK.md")
    demo = machine.python(EXAMPLES / "run_demo.py", *arguments)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert re.search(r"close-march +failed ", demo.stdout), demo.stdout
    assert re.search(r"begin-april +blocked +\S*.*close-march", demo.stdout), demo.stdout
    files = git(
        machine.folder / "broken" / "inventory", "ls-tree", "-r", "--name-only", "feature/close-march"
    )
    assert "data/march.closed" not in files.split()


def test_the_demo_says_so_when_something_is_not_as_promised(machine: Machine) -> None:
    (machine.folder / "taken" / "inventory").mkdir(parents=True)
    demo = machine.python(EXAMPLES / "run_demo.py", "--folder", machine.folder / "taken")
    assert demo.returncode == 1
    assert "NOT AS PROMISED" in demo.stderr
    assert "name another --folder" in demo.stderr


@pytest.mark.timeout(600)
def test_a_plan_is_started_with_nothing_but_the_sdk(machine: Machine) -> None:
    repository = machine.folder / "sdk" / "inventory"
    shutil.copytree(INVENTORY, repository, ignore=shutil.ignore_patterns("__pycache__"))
    git(repository, "init", "--quiet", "--initial-branch", "main")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "The stockroom")
    plan = machine.folder / "sdk" / "plan"

    def tasks(*arguments: str | Path) -> str:
        done = run_tasks(arguments, repository, machine.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    tasks("plan", "-f", "RUNBOOK.md", "-o", plan)
    plan_input = machine.folder / "sdk" / "plan-input.json"
    plan_input.write_text(tasks("execute", plan, "--repo", repository, "--print-input"), encoding="utf-8")
    address = json.loads(tasks("up", "--json"))["address"]

    program = (EXAMPLES / "start_from_sdk.py", plan_input, "started-by-the-sdk")
    run = machine.python(*program, TEMPORAL_ADDRESS=address)

    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert (result["state"], result["completed"], result["total"]) == ("succeeded", 11, 11)
    assert git(repository, "rev-parse", result["branch"]).strip() == result["tip"]
