"""Every command that steers or looks: in the middle of a run, twice in a row, at an ended run, at none."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import plan_project, runbook, task

Completed = subprocess.CompletedProcess[str]


@dataclass(frozen=True, slots=True)
class Step:
    """A command, the words of its update, and what is answered: exit code and a piece of the text."""

    command: str
    update: str | None
    code: int
    said: str


PAUSE = 'pause {"reason": "lunch"}'
MIDDLE = (
    Step("status", None, 0, "A  running · develop"),
    Step("explain A", None, 0, "A is running"),
    Step("logs A", None, 0, "develop-command.log"),
    Step("logs A", None, 0, "develop-command.log"),
    Step("pause --reason lunch", PAUSE, 0, "the run starts nothing more: lunch"),
    Step("pause --reason lunch", "pause", 0, "the run is paused already: lunch"),
    Step("explain B", None, 0, "B is failed: develop · executor-command"),
    Step("retry B", 'retry {"task_id": "B"}', 0, "B is ready again"),
    Step("retry B", 'retry {"task_id": "B"}', 1, "B is ready: only a failed task can be retried"),
    Step("pause --hold", 'pause {"hold": true}', 0, "running tasks stop after their phase"),
    Step("pause --hold", 'pause {"hold": true}', 0, "the run is paused already"),
    Step("skip A", 'skip {"task_id": "A"}', 1, "A is running: cancel it first"),
    Step("skip A", 'skip {"task_id": "A"}', 1, "A is running: cancel it first"),
    Step("skip B", 'skip {"task_id": "B"}', 0, "B is skipped"),
    Step("skip B", 'skip {"task_id": "B"}', 1, "B was skipped already"),
    Step("retry B", 'retry {"task_id": "B"}', 1, "B was skipped and others have gone on"),
    Step("set-limits -j 3", 'set_limits {"max_concurrent": 3}', 0, "3 tasks at once"),
    Step("set-limits -j 3", 'set_limits {"max_concurrent": 3}', 0, "nothing changed: 3 tasks at once"),
    Step("continue", "continue_run", 0, "the run goes on"),
    Step("continue", "continue_run", 0, "the run is not paused"),
    Step("cancel A", 'cancel_task {"task_id": "A"}', 0, "A is being cancelled; it can be retried"),
)
MISTAKES = (
    Step("cancel A", 'cancel_task {"task_id": "A"}', 1, "A is failed: only a running task can be cancelled"),
    Step("retry nothing", 'retry {"task_id": "nothing"}', 1, "the plan has no task 'nothing'"),
    Step("skip nothing", 'skip {"task_id": "nothing"}', 1, "the plan has no task 'nothing'"),
    Step("cancel nothing", 'cancel_task {"task_id": "nothing"}', 1, "the plan has no task 'nothing'"),
    Step("explain nothing", None, 1, "the plan has no task 'nothing'"),
    Step("logs nothing", None, 1, "there is no evidence of task 'nothing'"),
    Step("retry ../A", None, 1, "no task can be called '../A'"),
    Step("logs ../A", None, 1, "no task can be called '../A'"),
    Step("set-limits -j 0", 'set_limits {"max_concurrent": 0}', 1, "1"),
    Step("retry ../A", 'retry {"task_id": "../A"}', 1, "'../A'"),
)
UPDATES = (
    ("pause", PAUSE),
    ("pause --hold", 'pause {"hold": true}'),
    ("continue", "continue_run"),
    ("skip B", 'skip {"task_id": "B"}'),
    ("set-limits -j 3", 'set_limits {"max_concurrent": 3}'),
    ("cancel A", 'cancel_task {"task_id": "A"}'),
)
AT_A_CANCELLED_RUN = (
    *(Step(c, u, 1, "has ended (cancelled): there is nothing to change") for c, u in UPDATES),
    Step("cancel", None, 0, "has ended already: cancelled"),
    Step("status", None, 0, "cancelled, 0 of 4 tasks landed"),
    Step("explain C", None, 0, "C is "),
    Step("logs A", None, 0, "develop-command.log"),
    Step("logs A --follow", None, 0, "develop-command.log"),
    Step("retry nothing", 'retry {"task_id": "nothing"}', 1, "the plan has no task 'nothing'"),
)
UNKNOWN = (
    *(Step(c, u, 1, "nobody") for c, u in UPDATES),
    Step("retry B", 'retry {"task_id": "B"}', 1, "nobody"),
    *(
        Step(command, None, 1, "nobody")
        for command in ("cancel", "status", "status --watch", "explain A", "logs A", "logs A -f", "resume")
    ),
)


def by_command(machine: UserMachine, step: Step, run_id: str) -> Completed | None:
    name, *rest = step.command.split()
    return machine.tasks(name, run_id, *rest)


def by_update(machine: UserMachine, step: Step, run_id: str) -> Completed | None:
    """Do the same with nothing but Temporal's own command; a step that is no update is left out."""
    if step.update is None:
        return None
    name, _, given = step.update.partition(" ")
    more = ("--input", given) if given else ()
    return machine.temporal(
        "workflow", "update", "execute", "-w", run_id, "--name", name, *more, "-o", "json"
    )


def check(step: Step, done: Completed, *, ours: bool) -> None:
    """Compare an answer, and that nothing but a result is on stdout, and that a refusal says what to do."""
    printed = f"{step}\n{done.stdout}\n{done.stderr}"
    assert done.returncode == step.code, printed
    assert "Traceback" not in printed
    if step.code == 0:
        answer = done.stdout if ours else json.loads(done.stdout)["result"]["message"]
        assert step.said in answer, printed
    else:
        assert done.stdout == "", printed
        assert step.said in done.stderr or (not ours and "already completed" in done.stderr), printed
        if ours:
            assert re.search(r"^  .*(tasks \S+|--help)", done.stderr, re.MULTILINE), f"no advice: {printed}"


Way = Callable[[UserMachine, Step, str], Completed | None]


def go_through(machine: UserMachine, steps: tuple[Step, ...], run_id: str, way: Way) -> None:
    for step in steps:
        done = way(machine, step, run_id)
        if done is not None:
            check(step, done, ours=way is by_command)


@pytest.mark.parametrize("way", [by_command, by_update])
def test_every_step_in_the_middle_of_a_run_and_again_has_its_effect_or_says_what_to_do(
    shared_machine: UserMachine, tmp_path: Path, gates: Gates, way: Way
) -> None:
    gates.close("a")
    gates.close("d")
    text = runbook(
        task("Write a", f"{gates.passing('a')}\necho a > a.txt", id="A", max_retries=0),
        task("Fail", f"{gates.passing('b')}\nexit 3", id="B", max_retries=0),
        task("Write c", "echo c > c.txt", id="C", after="[A]"),
        task("Write d", f"{gates.passing('d')}\necho d > d.txt", id="D"),
    )
    project = plan_project(tmp_path, text)
    run_id = f"steered-{tmp_path.name}"
    where = ("--repo", project.repository, "--run-id", run_id, "--detach")
    assert shared_machine.tasks("execute", project.plan_folder, *where).returncode == 0
    gates.wait_at("a")
    wait_until(lambda: state_of(shared_machine, run_id, "B") == "failed", "B failed")
    go_through(shared_machine, MIDDLE, run_id, way)
    wait_until(lambda: state_of(shared_machine, run_id, "A") == "failed", "A ended")
    go_through(shared_machine, MISTAKES, run_id, way)
    cancelled = shared_machine.tasks("cancel", run_id)
    assert cancelled.returncode == 0, cancelled.stderr
    go_through(shared_machine, AT_A_CANCELLED_RUN, run_id, way)
    if way is by_command:
        assert_a_retry_takes_up_the_run(shared_machine, run_id, gates)


def assert_a_retry_takes_up_the_run(machine: UserMachine, run_id: str, gates: Gates) -> None:
    gates.open("a")
    gates.open("d")
    taken_up = machine.tasks("retry", run_id, "A")
    assert taken_up.returncode == 0, taken_up.stderr
    assert "had ended: it goes on with A" in taken_up.stdout
    followed = machine.tasks("status", run_id, "--watch")
    assert followed.returncode == 7, followed.stderr
    assert "3 of 4 tasks landed" in followed.stderr
    landed = machine.tasks("retry", run_id, "A")
    assert landed.returncode == 1
    assert "A has landed: only a failed task can be retried" in landed.stderr


@pytest.mark.parametrize("way", [by_command, by_update])
def test_an_unknown_run_is_named_and_nothing_else_happens(shared_machine: UserMachine, way: Way) -> None:
    go_through(shared_machine, UNKNOWN, "nobody", way)


def test_a_run_that_succeeded_is_not_steered_and_says_how_to_do_it_again(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    project = plan_project(tmp_path, runbook(task("Write a", "echo a > a.txt", id="A")))
    run_id = f"done-{tmp_path.name}"
    where = ("--repo", project.repository, "--run-id", run_id)
    assert shared_machine.tasks("execute", project.plan_folder, *where).returncode == 0
    check(Step("", None, 0, "ended already: succeeded"), shared_machine.tasks("cancel", run_id), ours=True)
    check(Step("", None, 1, "has ended (succeeded)"), shared_machine.tasks("pause", run_id), ours=True)
    check(Step("", None, 1, "A has landed"), shared_machine.tasks("retry", run_id, "A"), ours=True)
    check(Step("", None, 0, "A  completed"), shared_machine.tasks("status", run_id), ours=True)


def state_of(machine: UserMachine, run_id: str, task_id: str) -> str:
    """Return the state of one task of a run."""
    (found,) = (row["state"] for row in machine.json("status", run_id)["tasks"] if row["id"] == task_id)
    assert isinstance(found, str)
    return found
