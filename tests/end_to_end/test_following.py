"""Looking on while a run goes on: `logs --follow` and `status --watch`, in a terminal and elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.tasks_command import TASKS
from tests.end_to_end.terminal import terminal
from tests.end_to_end.user_machine import UserMachine
from tests.small_project import plan_project, runbook, task

CURSOR_UP = "\x1b[1A"


@contextmanager
def waiting_run(machine: UserMachine, folder: Path, gates: Gates) -> Iterator[str]:
    """Yield a run whose task A waits at the gate `a`; B needs two attempts, the second waits at `b2`."""
    gates.close("a")
    gates.close("b2")
    again = f'{gates.passing("b$TASKS_ATTEMPT")}\necho "try $TASKS_ATTEMPT"\necho $TASKS_ATTEMPT > b.txt'
    text = runbook(
        task("Write a", f"echo hello\n{gates.passing('a')}\necho 'good bye'\necho a > a.txt", id="A"),
        task("Write b", again, "echo checked; grep -q 2 b.txt", id="B", after="[A]"),
        task("Write c", "echo c > c.txt", id="C", after="[B]"),
    )
    project = plan_project(folder, text)
    name = f"followed-{folder.name}"
    where = ("--repo", project.repository, "--run-id", name, "--detach")
    started = machine.tasks("execute", project.plan_folder, *where)
    assert started.returncode == 0, started.stderr
    gates.wait_at("a")
    yield name
    machine.tasks("cancel", name)


@pytest.fixture
def run_id(shared_machine: UserMachine, tmp_path: Path, gates: Gates) -> Iterator[str]:
    """A run that waits, for one test."""
    with waiting_run(shared_machine, tmp_path, gates) as name:
        yield name


@pytest.fixture(scope="module")
def still_run(shared_machine: UserMachine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A run that waits for as long as there are tests that only look at it."""
    folder = tmp_path_factory.mktemp("still")
    with waiting_run(shared_machine, folder, Gates.make(folder / "gates")) as name:
        yield name


def test_the_output_of_a_running_command_is_followed_to_the_end_of_its_task(
    shared_machine: UserMachine, run_id: str, gates: Gates
) -> None:
    following = shared_machine.start("logs", run_id, "A", "--follow")
    following.wait_until_printed("   hello\n")
    assert "good bye" not in following.stdout.read_text()
    gates.open("a")
    ended = following.end(60)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("hello") == ended.stdout.count("   good bye") == 1
    assert "post_test" in ended.stdout
    assert "A running · develop · attempt 1" in ended.stderr
    assert ended.stderr.splitlines()[-1] == "A completed"
    assert "\x1b" not in ended.stdout


def test_a_task_is_followed_from_before_it_begins_through_all_its_attempts(
    shared_machine: UserMachine, run_id: str, gates: Gates
) -> None:
    first = shared_machine.start("logs", run_id, "B", "-f", "--attempt", "1")
    whole = shared_machine.start("logs", run_id, "B", "-f")
    develop = shared_machine.start("logs", run_id, "B", "-f", "--phase", "develop")
    for following in (first, whole, develop):
        following.wait_until_said("B blocked: waits for A")
    gates.open("a")
    gates.wait_at("b2")
    ended = first.end(60)
    assert ended.returncode == 0, ended.stderr
    assert "try 1" in ended.stdout
    assert "attempt 2" not in ended.stdout
    assert whole.process.poll() is None
    gates.open("b2")
    ended = whole.end(60)
    assert ended.returncode == 0, ended.stderr
    assert re.findall(r"try \d|== attempt \d ==", ended.stdout) == [
        *("== attempt 1 ==", "try 1", "== attempt 2 ==", "try 2"),
    ]
    assert "   checked" in ended.stdout
    ended = develop.end(60)
    assert "try 2" in ended.stdout
    assert "checked" not in ended.stdout
    again = shared_machine.tasks("logs", run_id, "B", "-f", "--lines", "1")
    assert again.returncode == 0
    assert "try 2" in again.stdout


def test_ctrl_c_ends_the_following_and_not_the_run(shared_machine: UserMachine, still_run: str) -> None:
    following = shared_machine.start("logs", still_run, "A", "-f")
    following.wait_until_printed("hello")
    following.press_ctrl_c()
    ended = following.end(30)
    assert ended.returncode == 9
    assert f"the run {still_run} goes on" in ended.stderr
    assert f"tasks logs {still_run} A --follow" in ended.stderr
    assert shared_machine.json("status", still_run)["state"] == "running"


def test_a_task_that_the_run_does_not_have_is_not_waited_for(
    shared_machine: UserMachine, still_run: str
) -> None:
    refused = shared_machine.tasks("logs", still_run, "nothing", "--follow")
    assert refused.returncode == 1
    assert f"the run {still_run} has no task 'nothing'" in refused.stderr
    assert refused.stdout == ""


def test_a_task_that_never_began_is_not_waited_for_when_its_run_has_ended(
    shared_machine: UserMachine, run_id: str
) -> None:
    following = shared_machine.start("logs", run_id, "C", "--follow")
    following.wait_until_said("C blocked: waits for B")
    assert shared_machine.tasks("cancel", run_id).returncode == 0
    ended = following.end(60)
    assert ended.returncode == 1
    assert "there is no evidence of task 'C'" in ended.stderr


def test_a_terminal_shows_a_board_that_is_drawn_over_itself_and_elsewhere_lines_tell_the_same(
    shared_machine: UserMachine, run_id: str, gates: Gates
) -> None:
    watch = ["status", run_id, "--watch"]
    lines = shared_machine.start(*watch)
    with terminal(
        [TASKS, *watch], shared_machine.folder, shared_machine.environment, rows=24, columns=90
    ) as screen:
        screen.wait_until_shown("running · develop")
        lines.wait_until_said("A running · develop · attempt 1\n")
        gates.open("a")
        screen.wait_until_shown("running · develop · attempt 2")
        lines.wait_until_said("B running · develop · attempt 2\n")
        assert CURSOR_UP in screen.raw
        gates.open("b2")
        assert screen.end() == 0, screen.shown()
        assert f"{run_id}: succeeded, 3 of 3 tasks landed" in screen.shown()
        assert "git merge feature/change-the-app" in screen.shown()
    ended = lines.end(60)
    assert ended.returncode == 0, ended.stderr
    assert "A completed\n" in ended.stderr
    assert "3 of 3 tasks landed" in ended.stderr
    assert "\x1b" not in ended.stderr
    assert ended.stdout == ""


def test_a_small_terminal_keeps_its_height_and_ctrl_c_in_it_detaches(
    shared_machine: UserMachine, still_run: str
) -> None:
    with terminal(
        [TASKS, "status", still_run, "--watch"],
        shared_machine.folder,
        shared_machine.environment,
        rows=5,
        columns=40,
    ) as screen:
        screen.wait_until_shown("and 2 more: 2 blocked")
        assert "C  " not in screen.shown()
        assert all(len(line) <= 40 for line in screen.shown().splitlines())
        screen.type("\x03")
        assert screen.end() == 9, screen.shown()
        screen.wait_until_shown("goes on")
    assert shared_machine.json("status", still_run)["state"] == "running"
