"""Real work on a package as it was published: planned, executed, and then not believed but checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.end_to_end.published_package.iniconfig_repository import fetch, make_repository
from tests.end_to_end.published_package.source_distribution import network_environment
from tests.end_to_end.tasks_command import run_tasks
from tests.unit.examples.runbook_tasks import git, read_runbook, run_script
from workers.dev_server import DevServer

RUNBOOK_FILE = Path(__file__).with_name("published_package") / "RUNBOOK.md"
RUNBOOK = read_runbook(RUNBOOK_FILE)
PACKAGE_FILE = "src/iniconfig/__init__.py"


@dataclass(frozen=True, slots=True)
class Published:
    """The package's repository, the user's environment, and the plan made for it."""

    repository: Path
    environment: dict[str, str]
    plan: Path


@dataclass(frozen=True, slots=True)
class Landing:
    """A merge on the feature branch, read from git alone."""

    task: str
    parents: int
    changed: tuple[str, ...]


@pytest.fixture
def planned(tmp_path: Path) -> Published:
    environment = network_environment(tmp_path / "uv-cache") | {"TASKS_STATE_DIR": str(tmp_path / "state")}
    (tmp_path / "download").mkdir()
    repository = make_repository(fetch(tmp_path / "download", environment), tmp_path / "user")
    _live_in(repository)
    answer = run_tasks(
        ["plan", "-f", RUNBOOK_FILE, "-p", repository, "-o", tmp_path / "plan", "--json"],
        repository,
        environment,
    )
    assert answer.returncode == 0, answer.stderr
    return Published(repository, environment, Path(json.loads(answer.stdout)["plan_dir"]))


@pytest.fixture
def published(planned: Published, temporal_server: DevServer) -> Iterator[Published]:
    """The planned package, and workers of its own at the test's Temporal."""
    there = {"TEMPORAL_ADDRESS": temporal_server.address}
    ready = replace(planned, environment=planned.environment | there)
    yield ready
    stopped = run_tasks(["down"], ready.repository, ready.environment)
    assert stopped.returncode == 0, stopped.stderr


def _live_in(repository: Path) -> None:
    """Leave what a user has lying about: a stash, a file git does not know, a hook, a setting."""
    readme = repository / "README.rst"
    kept = readme.read_bytes()
    readme.write_bytes(kept + b"half a thought\n")
    git(repository, "stash", "push", "--quiet", "--message", "half a thought")
    (repository / "notes.txt").write_text("ask about the release\n", encoding="utf-8")
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    git(repository, "config", "core.whitespace", "trailing-space")


def _landings(repository: Path, branch: str) -> list[Landing]:
    fields = "%H%x09%P%x09%(trailers:key=Tasks-Task,valueonly,separator=)"
    log = git(repository, "log", "--first-parent", "--reverse", f"--format={fields}", f"main..{branch}")
    found = []
    for line in log.splitlines():
        commit, parents, task = line.split("\t")
        changed = git(repository, "diff", "--name-only", f"{commit}^1", commit).split()
        found.append(Landing(task, len(parents.split()), tuple(changed)))
    return found


@pytest.mark.timeout(900)
def test_real_work_on_a_published_package_lands_and_is_what_it_says(
    published: Published, tmp_path: Path
) -> None:
    before = fingerprint(published.repository)

    executed = run_tasks(
        ["execute", published.plan, "--repo", published.repository, "--json"],
        published.repository,
        published.environment,
        deadline=780,
    )

    assert executed.returncode == 0, executed.stderr
    result = json.loads(executed.stdout)
    assert fingerprint(published.repository) == before
    status = _status(published, result["run_id"])
    assert status["state"] == "succeeded"
    assert {task["id"]: task["state"] for task in status["tasks"]} == dict.fromkeys(
        (task.id for task in RUNBOOK.tasks), "completed"
    )
    _each_task_landed_once_and_in_its_scope(published.repository, status["branch"])
    _the_tip_is_green_where_nothing_of_ours_is_and_red_when_broken(
        published, status["branch"], tmp_path / "fresh"
    )


def _status(published: Published, run_id: str) -> dict[str, Any]:
    shown = run_tasks(["status", run_id, "--json"], published.repository, published.environment)
    assert shown.returncode == 0, shown.stderr
    status: dict[str, Any] = json.loads(shown.stdout)
    return status


def _each_task_landed_once_and_in_its_scope(repository: Path, branch: str) -> None:
    landings = _landings(repository, branch)
    assert sorted(landing.task for landing in landings) == sorted(task.id for task in RUNBOOK.tasks)
    assert {landing.parents for landing in landings} == {2}
    place = {landing.task: number for number, landing in enumerate(landings)}
    scopes = {task.id: task.scope for task in RUNBOOK.tasks}
    for landing in landings:
        assert landing.changed, landing.task
        outside = [
            path
            for path in landing.changed
            if not any(fnmatch(path, pattern) for pattern in scopes[landing.task])
        ]
        assert outside == [], landing.task
    for task in RUNBOOK.tasks:
        assert all(place[earlier] < place[task.id] for earlier in task.after), task.id


def _the_tip_is_green_where_nothing_of_ours_is_and_red_when_broken(
    published: Published, branch: str, folder: Path
) -> None:
    folder.mkdir()
    clone = folder / "clone"
    git(folder, "clone", "--quiet", "--branch", branch, str(published.repository), str(clone))
    environment = published.environment | {"TASKS_ENV": str(folder / "environment")}
    made = run_script(RUNBOOK.setup[0], clone, environment)
    assert made.returncode == 0, made.stdout
    environment["PATH"] = f"{folder / 'environment' / 'bin'}:{environment['PATH']}"

    suite = run_script(RUNBOOK.verify[0], clone, environment)
    assert suite.returncode == 0, suite.stdout
    assert "62 passed" in suite.stdout  # 54 of the release, 7 new ones, and the examples of the README
    for task in RUNBOOK.tasks:
        check = run_script(task.check, clone, environment)
        assert check.returncode == 0, f"{task.id}: {check.stdout}"

    broken = clone / PACKAGE_FILE
    broken.write_text(
        "raise RuntimeError('planted')\n" + broken.read_text(encoding="utf-8"), encoding="utf-8"
    )
    suite = run_script(RUNBOOK.verify[0], clone, environment)
    assert suite.returncode != 0
    assert "planted" in suite.stdout


def test_tasks_that_change_one_file_are_planned_to_have_it_one_after_the_other(planned: Published) -> None:
    plan = json.loads((planned.plan / "tasks.json").read_text(encoding="utf-8"))
    users: dict[str, set[str]] = {}
    for task in plan["tasks"]:
        for name in task["resource_requirements"]["estimated"]["exclusive_resources"]:
            users.setdefault(name, set()).add(task["id"])
    assert sorted(users.values(), key=len) == [
        {"return-early", "run-readme-examples"},  # pyproject.toml
        {"return-early", "name-type-ignores", "show-configurations"},  # the package's __init__.py
    ]
    assert sorted(users) == sorted(plan["resource_conflicts"])
