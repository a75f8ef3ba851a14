"""`tasks import` as a process: in pipes, and up to tasks that land."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.end_to_end.tasks_command import TASKS
from tests.end_to_end.user_machine import UserMachine
from tests.small_project import git, make_repository, plan_for, runbook, task

TEXT = runbook(
    task("Write a", "echo a > a.txt", "test -s a.txt", id="A"),
    task("Write b", "cat a.txt > b.txt", "test -s b.txt", id="B", after="[A]"),
)
Shell = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = make_repository(tmp_path / "project")
    plan_for(made, tmp_path / "plan", TEXT)
    return made


def shell(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    argv = ["bash", "-euo", "pipefail", "-c", script]
    path = f"{TASKS.parent}:{environment['PATH']}"
    return subprocess.run(
        argv,
        cwd=folder,
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def bash(repository: Path, tmp_path: Path) -> Shell:
    return lambda script: shell(
        script, repository, {**os.environ, "TASKS_STATE_DIR": str(tmp_path / "state")}
    )


@pytest.mark.parametrize("form", ["csv", "github-issues", "tasks-md"])
def test_what_is_exported_goes_through_a_pipe_into_a_plan_with_the_same_tasks(
    bash: Shell, tmp_path: Path, form: str
) -> None:
    done = bash(f"tasks export ../plan --format {form} | tasks import - -o ../back")
    assert done.stdout == f"{tmp_path / 'back'}\n", done.stderr
    tasks = json.loads((tmp_path / "back" / "tasks.json").read_text(encoding="utf-8"))["tasks"]
    assert [item["title"].rpartition("] ")[2] for item in tasks] == ["Write a", "Write b"]
    assert all(item["source_evidence"][0]["document"] == "stdin" for item in tasks)


def test_an_answer_with_fences_on_stdin_becomes_a_plan(bash: Shell, tmp_path: Path) -> None:
    answer = "for file in features.json tasks.json; do echo ---file:$file; cat ../plan/$file; done"
    done = bash(f"{{ echo Here it is:; {answer}; }} | tasks import - -o ../back --json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tasks"] == 2
    broken = bash(f'{{ {answer}; }} | sed \'s/"title": "Write b"/"title": 5/\' | tasks import - -o ../bad')
    assert (broken.returncode, broken.stdout) == (5, "")
    assert "/tasks/1/title" in broken.stderr
    assert "stdin:" in broken.stderr
    assert not (tmp_path / "bad").exists()


def test_nothing_in_the_pipe_is_an_error_that_says_so(bash: Shell) -> None:
    done = bash("tasks import - < /dev/null")
    assert (done.returncode, done.stdout) == (1, "")
    assert "stdin is empty" in done.stderr


def test_imported_issues_are_executed_in_the_order_they_state(
    shared_machine: UserMachine, repository: Path
) -> None:
    issues = [
        {"number": 8, "title": "Write b", "body": "Depends on #7.\n\n```sh run\ncat a.txt > b.txt\n```\n"},
        {"number": 7, "title": "Write a", "body": "```sh run\r\necho a > a.txt\r\n```\r\n"},
        {"number": 6, "title": "Done long ago", "body": "```sh run\nfalse\n```\n", "state": "CLOSED"},
    ]
    for issue in issues:
        issue["body"] = f"{issue['body']}\n```sh check\ntest -s README.md\n```\n"
    (repository.parent / "issues.json").write_text(json.dumps(issues), encoding="utf-8")
    script = "tasks import ../issues.json -o ../issues | tasks execute - --run-id imported"
    done = shell(script, repository, shared_machine.environment)
    assert done.returncode == 0, done.stderr
    merges = git(repository, "log", "--merges", "--reverse", "--format=%s", "feature/issues").splitlines()
    assert [subject.split()[-1] for subject in merges] == ["a", "b"]
