"""`tasks plan --interactive` in a real pseudo-terminal: look, edit, make again, approve or give up."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.tasks_command import run_tasks
from tests.end_to_end.terminal import Terminal, terminal
from tests.end_to_end.waiting import wait_until
from tests.small_project import make_repository, runbook, task

TASKS = Path(sys.executable).with_name("tasks")
QUESTION = "Review plan?"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a runbook of one task that is not committed."""
    folder = make_repository(tmp_path / "project")
    (folder / "RUNBOOK.md").write_text(runbook(task("Write a", "echo a > a.txt", "test -s a.txt", id="A")))
    return folder


def environment(project: Path, editor: str = "true") -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if name != "VISUAL"}
    return {
        **known,
        "TASKS_STATE_DIR": str(project.parent / "state"),
        "TMPDIR": str(project.parent),
        "EDITOR": editor,
        "PAGER": "cat",
    }


@contextmanager
def planning(project: Path, editor: str = "true", *options: str) -> Iterator[Terminal]:
    """Start interactive planning in a terminal and wait for its first question."""
    argv: tuple[str | Path, ...] = (TASKS, "plan", "-f", "RUNBOOK.md", "-o", "out", "-i", *options)
    with terminal(argv, project, environment(project, editor), rows=40, columns=120) as shown:
        shown.wait_until_shown(QUESTION)
        yield shown


def answer(shown: Terminal, word: str, then: str = QUESTION) -> None:
    """Type an answer and wait for what comes after it."""
    before = shown.shown().count(then)
    shown.type(f"{word}\n")
    wait_until(lambda: shown.shown().count(then) > before, shown.shown)


def test_an_approved_plan_is_written_and_not_before(project: Path) -> None:
    with planning(project) as shown:
        assert not (project / "out").exists()
        answer(shown, "perhaps", "say one of")
        answer(shown, "approve", "Execute it now?")
        shown.type("n\n")
        assert shown.end() == 0
    done = run_tasks(("validate-plan", "out"), project, environment(project), 60)
    assert done.returncode == 0, done.stderr
    listed = run_tasks(("list-plans", "--json"), project, environment(project), 60)
    assert [Path(plan["plan_dir"]).name for plan in json.loads(listed.stdout)] == ["out"]


def test_a_plan_that_is_given_up_leaves_nothing(project: Path) -> None:
    before = sorted(project.parent.iterdir())
    with planning(project) as shown:
        shown.type("abort\n")
        assert shown.end() == 9
        assert "nothing was written" in shown.shown()
    assert not (project / "out").exists()
    assert [path for path in sorted(project.parent.iterdir()) if path.name != "state"] == before


def test_an_edit_of_the_tasks_counts_and_one_that_cannot_be_read_does_not(project: Path) -> None:
    editor = project.parent / "editor"
    editor.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"kept, file = pathlib.Path({str(project.parent / 'kept')!r}), pathlib.Path(sys.argv[1])\n"
        "text = file.read_text() if not kept.exists() else kept.read_text()\n"
        "broken = not kept.exists()\n"
        "kept.write_text(text)\n"
        'changed = text.replace(\'"title": "Write a"\', \'"title": "Compose a"\')\n'
        "file.write_text('{' if broken else changed)\n"
    )
    editor.chmod(0o755)
    with planning(project, str(editor)) as shown:
        answer(shown, "edit")
        assert "the edit cannot be used" in shown.shown()
        answer(shown, "edit")
        assert "Compose a" in shown.shown()
        answer(shown, "approve", "Execute it now?")
        shown.type("n\n")
        assert shown.end() == 0
    tasks = json.loads((project / "out" / "tasks.json").read_text())["tasks"]
    assert [found["title"] for found in tasks] == ["Compose a"]


def test_remarks_make_another_plan_with_their_own_evidence(project: Path) -> None:
    (project / "RUNBOOK.md").write_text("# Small\n\nThe program MUST greet its user.\n")
    with planning(project) as shown:
        answer(shown, "regenerate", "What should be different?")
        answer(shown, "The program MUST also say goodbye.")
        answer(shown, "view")
        answer(shown, "approve", "Execute it now?")
        shown.type("n\n")
        assert shown.end() == 0
    tasks = json.loads((project / "out" / "tasks.json").read_text())["tasks"]
    named = {evidence["document"] for found in tasks for evidence in found["source_evidence"]}
    assert named == {"RUNBOOK.md", "remarks"}


def test_without_a_terminal_it_says_so(project: Path) -> None:
    done = run_tasks(("plan", "-f", "RUNBOOK.md", "-o", "out", "-i"), project, environment(project), 60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no terminal" in done.stderr
    assert not (project / "out").exists()
