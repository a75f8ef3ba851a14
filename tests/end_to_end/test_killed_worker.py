"""A worker is killed while a command of a task is proven to be running: the run ends by itself, and right."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine, running_for_tasks
from tests.end_to_end.waiting import wait_until
from tests.small_project import PlannedProject, git, plan_project, runbook, task

BRANCH = "feature/change-the-app"
SEED = 20260101
LONGEST_DELAY_SECONDS = 1.0
RUNS = ("a-run", "b-run", "c-run")


def gated_plan(folder: Path, gates: Gates) -> PlannedProject:
    """Return a plan whose commands note that they run and wait at their gates.

    A check says in its note whether it looks at the task's own worktree or at the landing's. C begins before
    A lands and ends after, so that its landing is a merge that has to be verified.
    """
    where = 'where=own; case "$PWD" in */landing) where=land;; esac\n'
    sections = (
        task(
            "Write a",
            f"{gates.passing('a-run')}\necho a > a.txt",
            f"{where}{gates.passing('a-check-$where')}\ntest -s a.txt",
            id="A",
        ),
        task("Write b", f"{gates.passing('b-run')}\ncat a.txt > b.txt", "test -s b.txt", id="B", after="[A]"),
        task(
            "Write c",
            f"{gates.passing('c-run')}\necho c > c.txt",
            f"{where}{gates.passing('c-check-$where')}\ntest -s c.txt",
            id="C",
        ),
    )
    gates.close("c-run")
    return plan_project(folder, runbook(*sections))


def let_c_run_after_a_landed(project: PlannedProject, gates: Gates) -> None:
    wait_until(lambda: "Land A: Write a" in landed(project), gates.points)
    gates.open("c-run")


def landed(project: PlannedProject) -> list[str]:
    """Return what has landed; nothing while there is no branch yet."""
    try:
        return project.landed(BRANCH)
    except subprocess.CalledProcessError:
        return []


def wait_a_moment(seed: int) -> float:
    """Let a seeded random time go by, so that the kill meets the command at any point of its life."""
    delay = random.Random(seed).uniform(0, LONGEST_DELAY_SECONDS)  # noqa: S311 - no secret, an instant
    reading, writing = os.pipe()
    select.select([reading], [], [], delay)
    os.close(reading)
    os.close(writing)
    return delay


def worker_above(machine: UserMachine, pid: int) -> int:
    """Return the worker process that stands above a running command."""
    workers = set(machine.processes("worker"))
    while pid > 1:
        if pid in workers:
            return pid
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        pid = int(stat.rpartition(")")[2].split()[1])
    raise AssertionError("the command does not run below a worker")


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("phase", "point", "number"),
    [
        ("pre_test", "a-check-own", 1),
        ("develop", "a-run", 1),
        ("post_test", "a-check-own", 2),
        ("land", "c-check-land", 1),
    ],
)
def test_a_killed_worker_costs_the_step_in_flight_and_nothing_else(
    own_machine: UserMachine, tmp_path: Path, gates: Gates, phase: str, point: str, number: int
) -> None:
    undisturbed = gated_plan(tmp_path / "undisturbed", gates)
    run = own_machine.start("execute", undisturbed.plan_folder, "--repo", undisturbed.repository)
    let_c_run_after_a_landed(undisturbed, gates)
    assert run.end().returncode == 0, run.said()
    expected = gates.points()
    (gates.folder / "log").write_text("")

    project = gated_plan(tmp_path / "killed", gates)
    gates.close(f"{point}#{number}")
    run = own_machine.start("execute", project.plan_folder, "--repo", project.repository)
    if phase == "land":
        let_c_run_after_a_landed(project, gates)
    pid = gates.wait_at(point, number)
    delay = wait_a_moment(SEED + number)
    worker = worker_above(own_machine, pid)
    os.kill(worker, signal.SIGKILL)
    gates.open(f"{point}#{number}")
    if phase != "land":
        let_c_run_after_a_landed(project, gates)
    ended = run.end()

    how = f"seed {SEED + number}: worker {worker} was killed {delay:.3f} s after {point} was reached"
    assert ended.returncode == 0, f"{how}\n{ended.stderr}"
    tree = f"{BRANCH}^{{tree}}"
    assert git(project.repository, "rev-parse", tree) == git(undisturbed.repository, "rev-parse", tree)
    assert sorted(landed(project)) == sorted(landed(undisturbed)), how
    for name in RUNS:
        most = expected.count(name) + (1 if name == point else 0)
        assert gates.points().count(name) <= most, f"{how}\n{gates.points()}"
    wait_until(lambda: not running_for_tasks(tmp_path), "every command has ended", seconds=15)
    assert git(project.repository, "worktree", "list").count("\n") == 0
    assert git(project.repository, "status", "--porcelain") == ""
