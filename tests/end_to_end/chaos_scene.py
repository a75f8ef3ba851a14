"""One scene of chaos: tasks are held inside phases, somebody is killed, the run goes on and is judged."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import psutil

from schemas.execution import Phase
from tests.end_to_end.chaos_plan import (
    AFTER,
    BEFORE,
    BESIDE,
    BRANCH,
    FOCUS,
    LAND_POINTS,
    MEANWHILE,
    PHASE_OF_POINT,
)
from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.end_to_end.gates import Gates, Passing
from tests.end_to_end.kill_targets import (
    NEEDS_A_COMMAND,
    ServicePids,
    Target,
    kill_all,
    pids_to_kill,
    wait_a_moment,
)
from tests.end_to_end.run_traces import traces_of_run
from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import PlannedProject, git

LONGEST_DELAY_SECONDS = 1.0
BESIDE_POINT = f"{BESIDE}:develop"
Execution = tuple[str, Phase]


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a run in which somebody was killed."""

    how: str
    """Who was killed, when, inside which executions."""
    broken: Mapping[str, Sequence[str]]
    """Every promise that was not kept, with what was found instead."""
    recovery_seconds: float | None
    """From the start of the process that took the place of a killed one, to the next execution of the run."""
    outage_seconds: float | None
    """The same from the kill on; both are known only of runs that were held."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A run of a chaos project, and what is to happen to it; everything random comes from the seed."""

    machine: UserMachine
    project: PlannedProject
    gates: Gates
    run_id: str
    phases: tuple[Phase, ...]
    target: Target
    seed: int
    lets_go_first: bool = False
    """Whether the tasks may go on before the kill: it then falls somewhere behind the point of the gate."""

    def held(self) -> dict[Phase, str]:
        """Return for each phase the point at which its task is held."""
        return {phase: f"{FOCUS[phase]}:{self._point(phase)}" for phase in self.phases}

    def chance(self, purpose: str) -> random.Random:
        """Return the randomness for one decision."""
        return random.Random(f"{self.seed} {purpose}")  # noqa: S311 - no secret: the seed repeats a scene

    def play(self, expected_tree: str) -> Ending:
        """Hold, kill, let go, wait for the end, and judge it."""
        untouched = fingerprint(self.project.repository)
        self._hold()
        service = ServicePids.of(self.machine)
        held = self._running()
        focus = [held[point].pid for point in self.held().values()]
        victims = pids_to_kill(self.target, service, focus, [held[BESIDE_POINT].pid])
        if self.lets_go_first:
            self._let_go()
        delay = wait_a_moment(self.chance("delay"), LONGEST_DELAY_SECONDS)
        killed_at, still = time.time(), self._running()
        kill_all(victims)
        how = f"{self.target} {sorted(victims)} killed {delay:.3f} s after {self.held()}, seed {self.seed}"
        assert self.lets_go_first or still == held, f"not held: {how}\n{still}"
        self._bring_back()
        if not self.lets_go_first:
            self._let_go()
        ended = self.machine.tasks("status", self.run_id, "--watch", deadline=240)
        broken = judge(self, expected_tree, list(held.values()))
        if ended.returncode != 0:
            broken["end"] = [f"exit code {ended.returncode}: {ended.stderr}"]
        if fingerprint(self.project.repository) != untouched:
            broken["checkout"] = ["the user's checkout was changed"]
        if self.lets_go_first:
            return Ending(how, broken, None, None)
        went_on_at = first_progress(self.gates, self.phases, list(held.values()), killed_at)
        replaced_at = max(killed_at, newest_process(self.machine, service))
        return Ending(how, broken, max(0.0, went_on_at - replaced_at), went_on_at - killed_at)

    def _point(self, phase: Phase) -> str:
        if phase != "land":
            return phase
        # Only the checks of a landing run under a supervisor of their own.
        return "land" if self.target == "command-supervisor" else self.chance("point").choice(LAND_POINTS)

    def _hold(self) -> None:
        """Start the run, and wait until each task is proven to be inside its phase."""
        points = [*self.held().values(), BESIDE_POINT]
        for point in points:
            self.gates.close(f"{point}#1")
        if "land" in self.phases:
            self.gates.close(f"{MEANWHILE}:develop")
            self.gates.close(f"{FOCUS['land']}:develop")
        project = self.project
        options = ("--repo", project.repository, "--run-id", self.run_id, "--detach")
        started = self.machine.tasks("execute", project.plan_folder, *options)
        assert started.returncode == 0, started.stderr
        if "land" in self.phases:
            self.gates.wait_at(f"{FOCUS['land']}:develop")
            self.gates.open(f"{MEANWHILE}:develop")
            wait_until(lambda: f"Land {MEANWHILE}: Write {MEANWHILE}" in landed(project), self.gates.points)
            self.gates.open(f"{FOCUS['land']}:develop")
        for point in points:
            self.gates.wait_at(point)
        # One that has just landed may still note its end.
        wait_until(lambda: set(self._running()) == set(points), self._running)

    def _running(self) -> dict[str, Passing]:
        return {passing.point: passing for passing in self.gates.passings() if passing.running()}

    def _bring_back(self) -> None:
        """Do what a user does when nobody is left who would do it: call any command about the run."""
        if self.target in NEEDS_A_COMMAND:
            asking, resuming = ("status", self.run_id), ("resume", self.run_id, "--detach")
            done = self.machine.tasks(*self.chance("command").choice((asking, resuming)))
            assert done.returncode == 0, done.stderr

    def _let_go(self) -> None:
        for point in (*self.held().values(), BESIDE_POINT):
            self.gates.open(f"{point}#1")


def judge(scene: Scene, expected_tree: str, held: Sequence[Passing]) -> dict[str, list[str]]:
    """Return the promises that were not kept: tree, landings, repetitions, and what was left behind."""
    repository = scene.project.repository
    wrong: dict[str, list[str]] = {}
    tree = tree_of_branch(scene.project)
    if tree != expected_tree:
        # The other tree is in the repository of the undisturbed run.
        wrong["tree"] = git(repository, "ls-tree", "-r", "--name-only", tree).splitlines()
    merges = Counter(landed(scene.project))
    wrong["landings"] = [f"{subject}: {times} times" for subject, times in merges.items() if times != 1]
    repeatable = None if scene.lets_go_first else {_execution(passing.point) for passing in held}
    wrong["repeated"] = repeated(scene.gates, repeatable)
    wrong |= traces_of_run(repository, BRANCH, scene.run_id, lambda: ServicePids.of(scene.machine).all())
    return {promise: found for promise, found in wrong.items() if found}


def first_progress(gates: Gates, phases: Sequence[Phase], held: Sequence[Passing], killed_at: float) -> float:
    """Return when the run did something new after the kill: a next phase began, or a lost one again.

    What belongs to an execution that was held proves nothing: it may go on without server and workers.
    What ran beside proves nothing either: it may have been spared.
    """
    tasks = {AFTER, *(FOCUS[phase] for phase in phases)}
    executions = {_execution(passing.point) for passing in held}
    points, pids = {passing.point for passing in held}, {passing.pid for passing in held}
    return min(
        passing.at
        for passing in gates.passings()
        if passing.at > killed_at
        and _task(passing.point) in tasks
        and passing.pid not in pids
        and (passing.point in points or _execution(passing.point) not in executions)
    )


def repeated(gates: Gates, in_flight: Collection[Execution] | None) -> list[str]:
    """Return the executions that ran again though they were not in flight, or more often than once again.

    Args:
        gates: the notes of the executions.
        in_flight: those that the kill has hit; None: each task had one, and nobody knows which. (A script
            may note its begin after the kill: the supervisor that starts it hears of the death later.)
    """
    times: Counter[Execution] = Counter()
    for point, number in Counter(gates.points()).items():
        times[_execution(point)] = max(times[_execution(point)], number)
    again = {execution: number - 1 for execution, number in times.items() if number > 1}
    if in_flight is None:
        tasks = Counter(task for task, _ in again)
        in_flight = {key for key in again if tasks[key[0]] == 1 and key[0] not in {BEFORE, MEANWHILE}}
    return [
        f"{phase} of {task}: {more} times more"
        for (task, phase), more in again.items()
        if more > ((task, phase) in in_flight)
    ]


def landed(project: PlannedProject) -> list[str]:
    """Return what has landed; nothing while there is no branch yet."""
    try:
        return project.landed(BRANCH)
    except subprocess.CalledProcessError:
        return []


def tree_of_branch(project: PlannedProject) -> str:
    """Return the id of the final tree: equal ids are equal files."""
    return git(project.repository, "rev-parse", f"{BRANCH}^{{tree}}")


def newest_process(machine: UserMachine, before: ServicePids) -> float:
    """Return when the last process that the service did not have before was started; 0 without any."""
    new = ServicePids.of(machine).all() - before.all()
    return max((psutil.Process(pid).create_time() for pid in new), default=0.0)


def _execution(point: str) -> Execution:
    """Return of which task and phase an execution is; a phase is run again as a whole."""
    return _task(point), PHASE_OF_POINT[point.partition(":")[2]]


def _task(point: str) -> str:
    return point.partition(":")[0]
