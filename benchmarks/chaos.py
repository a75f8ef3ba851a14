"""What kills cost: one run for each kill, at a random instant inside a random phase, of a random process.

`python -m benchmarks.chaos --kills 50 --seed 1 --json`. The seed decides everything that is random. All runs
share one local service, with the times a user has who sets nothing. Times in the result are in seconds; the
exit code is 1 when a promise was broken, and `broken` says which one and how to repeat it.

The phase is proven to be running when it is hit: something in it waits at a gate. With `--let-go` the gates
are opened first, so that the kill falls somewhere behind them, for example between two phases.
"""

import argparse
import json
import math
import os
import random
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from schemas.execution import Phase
from schemas.settings import TimingSettings
from tests.end_to_end.chaos_plan import PHASES, chaos_project
from tests.end_to_end.chaos_scene import Ending, Scene, tree_of_branch
from tests.end_to_end.gated_git import gated_git
from tests.end_to_end.gates import Gates
from tests.end_to_end.kill_targets import TARGETS, Target
from tests.end_to_end.run_traces import kill_survivors
from tests.end_to_end.user_machine import UserMachine, user_machine
from tests.isolated_environment import isolate_environment
from workers.temporal_binary import locate_temporal

PROMISES = ("end", "tree", "landings", "repeated", "survivors", "worktrees", "locks", "refs", "repository")
KILLS_WORKERS: frozenset[Target] = frozenset({"worker", "everything"})
PROMISED_RECOVERY_SECONDS = 15.0
USUAL_TIMES = {f"TASKS_{name.upper()}": str(value) for name, value in TimingSettings().model_dump().items()}


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill, as the seed wants it."""

    number: int
    target: Target
    phase: Phase
    seed: int
    lets_go_first: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one kill did; without an ending when the run could not be followed to one."""

    kill: Kill
    ending: Ending | None
    broken: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Arena:
    """Where all runs take place: one machine, one folder of gates, and the trees that runs should end in."""

    folder: Path
    machine: UserMachine
    gates: Gates
    trees: dict[Phase, str] = field(default_factory=dict)

    def undisturbed_tree(self, phase: Phase) -> str:
        """Return what the plan ends with when nothing happens, from a run of it."""
        if phase not in self.trees:
            project = chaos_project(self.folder / f"undisturbed-{phase}", (phase,), self.gates)
            done = self.machine.tasks("execute", project.plan_folder, "--repo", project.repository)
            if done.returncode != 0:
                raise SystemExit(f"the undisturbed run failed:\n{done.stderr}")
            self.trees[phase] = tree_of_branch(project)
            self.gates.clear()
        return self.trees[phase]

    def play(self, kill: Kill) -> Outcome:
        """Let one kill happen, and leave nothing of its run to the next."""
        tree = self.undisturbed_tree(kill.phase)
        run_id = f"chaos-{kill.number}"
        project = chaos_project(self.folder / run_id, (kill.phase,), self.gates)
        phases = (kill.phase,)
        scene = Scene(
            self.machine, project, self.gates, run_id, phases, kill.target, kill.seed, kill.lets_go_first
        )
        try:
            ending = scene.play(tree)
        except AssertionError as error:
            self.machine.tasks("cancel", run_id)
            return Outcome(kill, None, {"end": [str(error)]})
        finally:
            self.gates.clear()
            kill_survivors(str(project.repository.parent))
        return Outcome(kill, ending, {**ending.broken, **late(kill.target, ending)})


def late(target: Target, ending: Ending) -> dict[str, list[str]]:
    """Return the broken promise of a worker's replacement that was up and did nothing for too long."""
    seconds = ending.recovery_seconds or 0.0
    if target not in KILLS_WORKERS or seconds <= PROMISED_RECOVERY_SECONDS:
        return {}
    return {"recovery": [f"{seconds:.1f} s after the replacement was started"]}


def kills_of(seed: int, count: int, *, let_go: bool) -> list[Kill]:
    """Return the kills that a seed stands for."""
    # Of a supervisor whose command may have ended, nobody knows whether it is still there to be killed; and
    # after that of the service, the run goes on until a command replaces the workers politely.
    targets = [target for target in TARGETS if not let_go or not target.endswith("-supervisor")]
    chance = random.Random(seed)  # noqa: S311 - no secret: the seed repeats the kills
    return [
        Kill(number, chance.choice(targets), chance.choice(PHASES), chance.randrange(1 << 30), let_go)
        for number in range(1, count + 1)
    ]


def summary(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Return the figures."""
    promises = Counter(promise for outcome in outcomes for promise in outcome.broken)
    endings = [(outcome.kill.target, outcome.ending) for outcome in outcomes if outcome.ending]
    return {
        "kills": len(outcomes),
        "by_target": dict(Counter(outcome.kill.target for outcome in outcomes)),
        "by_phase": dict(Counter(outcome.kill.phase for outcome in outcomes)),
        "trees_equal": sum(1 for outcome in outcomes if outcome.ending and "tree" not in outcome.broken),
        "runs_that_broke": {promise: promises[promise] for promise in (*PROMISES, "checkout", "recovery")},
        "recovery": {
            name: spread([ending.recovery_seconds for target, ending in endings if name in {"all", target}])
            for name in ("all", *TARGETS)
        },
        "from_kill_to_progress": spread([ending.outage_seconds for _, ending in endings]),
        "broken": [
            {
                "kill": str(outcome.kill),
                "how": outcome.ending.how if outcome.ending else None,
                "found": outcome.broken,
            }
            for outcome in outcomes
            if outcome.broken
        ],
    }


def spread(seconds: Sequence[float | None]) -> dict[str, float] | None:
    """Return median, 95th percentile (nearest rank) and maximum of what is known; None of nothing."""
    ordered = sorted(value for value in seconds if value is not None)
    if not ordered:
        return None
    rank = math.ceil(0.95 * len(ordered)) - 1
    values = {"median": statistics.median(ordered), "p95": ordered[rank], "max": ordered[-1]}
    return {name: round(value, 2) for name, value in values.items()}


def measure(folder: Path, binary: Path, kills: Sequence[Kill]) -> list[Outcome]:
    """Let all kills happen on one machine, which must be left without a process of ours."""
    gates = Gates.make(folder / "gates")
    outcomes = []
    with user_machine(folder / "machine", binary, **USUAL_TIMES) as plain:
        environment = gated_git(folder / "git", gates, plain.environment)
        arena = Arena(folder, UserMachine(plain.folder, environment, binary), gates)
        for kill in kills:
            outcomes.append(arena.play(kill))
            print(f"{kill}: {dict(outcomes[-1].broken) or 'all promises kept'}", file=sys.stderr, flush=True)
    return outcomes


def main() -> int:
    """Kill, judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, default=None, help="repeat the kill with this number alone")
    parser.add_argument("--let-go", action="store_true", help="open the gates before the kill")
    parser.add_argument("--json", action="store_true", help="the only form there is; for symmetry")
    options = parser.parse_args()
    kills = kills_of(options.seed, options.kills, let_go=options.let_go)
    kills = [kill for kill in kills if options.only in {None, kill.number}]
    with tempfile.TemporaryDirectory(prefix="tasks-chaos-") as name:
        folder = Path(name)
        (folder / "private").mkdir()
        isolate_environment(os.environ, folder / "private")
        binary = locate_temporal(os.environ)
        if binary is None:
            raise SystemExit(
                "Temporal's development server is not on this machine: run `make temporal` once."
            )
        result = summary(measure(folder, binary, kills))
    print(json.dumps({"seed": options.seed, **result}, indent=2))
    return 1 if result["broken"] else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # temporalio 1.35 can crash the interpreter at exit
