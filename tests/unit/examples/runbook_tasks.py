"""A second, deliberately simple reading of a runbook, so that the examples are tested without the planner."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[3]
INVENTORY = CHECKOUT / "examples" / "inventory"
FENCE = re.compile(r"^```(?P<info>[a-z]+ [a-z]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class RunbookTask:
    """One task of a runbook: its keys, and its scripts as a person would type them."""

    id: str
    after: tuple[str, ...]
    scope: tuple[str, ...]
    exclusive: tuple[str, ...]
    run: str
    check: str


@dataclass(frozen=True, slots=True)
class Runbook:
    """The scripts of a runbook for the whole plan, and its tasks with dependencies before dependants."""

    setup: tuple[str, ...]
    verify: tuple[str, ...]
    tasks: tuple[RunbookTask, ...]


def read_runbook(path: Path) -> Runbook:
    """Return the acting fences of a runbook; a task begins with its `yaml task`."""
    plan: dict[str, list[str]] = {"sh setup": [], "sh verify": []}
    tasks: list[RunbookTask] = []
    keys: dict[str, list[str]] = {}
    scripts: dict[str, str] = {}
    for fence in FENCE.finditer(path.read_text(encoding="utf-8")):
        info, text = fence["info"], fence["text"]
        if info in plan:
            plan[info].append(text)
        elif info == "yaml task":
            keys = yaml.safe_load(text)
        elif info == "sh run":
            scripts["run"] = text
        elif info == "sh check":
            tasks.append(_task(keys, scripts.pop("run"), text))
    return Runbook(tuple(plan["sh setup"]), tuple(plan["sh verify"]), _in_order(tasks))


def run_script(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as the runbook convention says: `sh -eu` in the folder; output and errors together."""
    return subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


def cleared_environment(folder: Path) -> dict[str, str]:
    """Return what commands of a run may see: PATH, and a HOME and TMPDIR of their own below `folder`."""
    home, temporary = folder / "home", folder / "temporary"
    home.mkdir(parents=True, exist_ok=True)
    temporary.mkdir(exist_ok=True)
    path = os.pathsep.join([f"{sys.base_prefix}/bin", os.environ["PATH"]])
    return {
        "PATH": path,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }


def write_feedback(path: Path, command: str, output: str) -> Path:
    """Write what an attempt is told of a red check before it: the file that TASKS_FEEDBACK names."""
    told = {"phase": "post_test", "rule": "check", "message": "red", "command": command, "excerpt": output}
    path.write_text(json.dumps([told]), encoding="utf-8")
    return path


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it printed; a failure is an error of the test."""
    identity = ["-c", "user.name=A Person", "-c", "user.email=person@example.invalid"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def make_repository(source: Path, folder: Path, branch: str = "main") -> Path:
    """Copy what git would see of `source` into a new repository with one commit; return its folder."""
    folder.mkdir(parents=True)
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = folder / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    git(folder, "init", "-q", "-b", branch)
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "The workshop's stockroom")
    return folder


def _task(keys: Mapping[str, Sequence[str] | str], run: str, check: str) -> RunbookTask:
    return RunbookTask(
        id=str(keys["id"]),
        after=tuple(keys["after"]),
        scope=tuple(keys["scope"]),
        exclusive=tuple(keys.get("exclusive", ())),
        run=run,
        check=check,
    )


def _in_order(tasks: Sequence[RunbookTask]) -> tuple[RunbookTask, ...]:
    ordered: list[RunbookTask] = []
    while len(ordered) < len(tasks):
        done = {task.id for task in ordered}
        ordered.append(next(task for task in tasks if task.id not in done and done >= set(task.after)))
    return tuple(ordered)
