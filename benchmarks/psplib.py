"""How short our schedules are: PSPLIB's instances against the best makespans anybody has found.

    python -m benchmarks.psplib FOLDER --sets j30,j60,j120 --every 1 --json --starts FILE

FOLDER holds `j30.tar.xz` and so on, and `best_known.csv`. For each set: what the search finds with at most
1,000 schedules, beside it the frontier by longest path, the frontier pushed to the right and left, and waves.
Every schedule is checked by code that shares nothing with what made it. Times are CPU seconds a plan.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.psplib_instances import Instance, best_known, read_set
from benchmarks.wave_schedules import by_latest_finish, greedy_waves, in_waves, waves_by_layer
from planner.forecasting.evolve import MOST_SCHEDULES, as_schedule, evolve
from planner.forecasting.solve import solve
from planner.scheduling.check_schedule import check
from planner.scheduling.frontier_schedule import frontier_schedule
from planner.scheduling.justification import never_longer
from planner.scheduling.limits import Limits
from planner.scheduling.packed_problem import pack_problem
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule, simulate

SEED = 1
WRITTEN = ("evolve", "solver")


class WrongSchedule(AssertionError):
    """A method made a schedule that the independent check refuses."""


class Answer(NamedTuple):
    """A schedule, how many were made for it, and a makespan that no schedule undercuts."""

    schedule: Schedule
    made: int = 1
    bound: float = 0.0


class Measured(NamedTuple):
    """An answer that was checked, how far it is above the best known makespan, and the time it took."""

    schedule: Schedule
    above: float
    seconds: float
    made: int
    is_proven: bool


Method = Callable[[PlanIndex, Limits], Answer]


def longest_path_first(index: PlanIndex, limits: Limits) -> Answer:
    """The frontier that forecasts and executes."""
    return Answer(simulate(index, index.durations, limits))


def justified(index: PlanIndex, limits: Limits) -> Answer:
    """The frontier by latest finish, pushed to the right and left once."""
    problem = pack_problem(index, limits)
    return Answer(as_schedule(never_longer(problem, frontier_schedule(problem, by_latest_finish(index)))), 3)


def searched(index: PlanIndex, limits: Limits) -> Answer:
    """The search, with at most 1,000 schedules."""
    found = evolve(index, limits, seed=SEED, budget=MOST_SCHEDULES)
    return Answer(found.schedule, found.schedules_made, found.bound)


def waves_first_come(index: PlanIndex, limits: Limits) -> Answer:
    """Greedy waves, first come first served."""
    return Answer(in_waves(index, greedy_waves(index, limits), index.durations))


def waves_latest_finish(index: PlanIndex, limits: Limits) -> Answer:
    """Greedy waves, by latest finish."""
    return Answer(in_waves(index, greedy_waves(index, limits, by_latest_finish(index)), index.durations))


def waves_layers(index: PlanIndex, limits: Limits) -> Answer:
    """One layer of the graph after the other."""
    return Answer(in_waves(index, waves_by_layer(index, limits), index.durations))


METHODS: dict[str, Method] = {
    "evolve": searched,
    "frontier_longest_path_first": longest_path_first,
    "frontier_latest_finish_justified": justified,
    "waves_greedy_first_come": waves_first_come,
    "waves_greedy_latest_finish": waves_latest_finish,
    "waves_by_layer": waves_layers,
}


def solved(seconds: float) -> Method:
    """Return the method that lets the solver go on from what the search finds."""

    def method(index: PlanIndex, limits: Limits) -> Answer:
        found = solve(index, limits, seconds=seconds, seed=SEED)
        return Answer(found.schedule, found.schedules_made, found.bound)

    return method


def measured(instance: Instance, best: int, method: Method) -> Measured:
    """Return the method's answer, checked and compared; times are CPU seconds."""
    begin = time.process_time()
    index = instance.plan_index()
    limits = Limits(max_concurrent=len(index.ids))
    schedule, made, bound = method(index, limits)
    seconds = time.process_time() - begin
    wrong = check(index, schedule, limits)
    if wrong:
        message = f"{instance.name}: {'; '.join(wrong)}"
        raise WrongSchedule(message)
    above = 100 * (schedule.makespan / best - 1)
    return Measured(schedule, above, seconds, made, schedule.makespan <= bound)


def set_rows(
    instances: Iterable[Instance], best: dict[str, int], methods: Mapping[str, Method]
) -> tuple[dict[str, object], dict[str, list[int]]]:
    """Return one row for each method, and the starts that the last of the search's methods found."""
    results: dict[str, list[Measured]] = {name: [] for name in methods}
    starts: dict[str, list[int]] = {}
    for instance in instances:
        for name, method in methods.items():
            found = measured(instance, best[instance.name], method)
            results[name].append(found)
            if name in WRITTEN:
                starts[instance.name] = [int(start) for start in found.schedule.starts]
    return {"instances": len(starts)} | {name: _row(found) for name, found in results.items()}, starts


def _row(results: Sequence[Measured]) -> dict[str, float]:
    count = len(results)
    return {
        "mean_percent_above_best_known": round(sum(one.above for one in results) / count, 3),
        "cpu_seconds_a_plan": round(sum(one.seconds for one in results) / count, 5),
        "mean_schedules": round(sum(one.made for one in results) / count, 1),
        "most_schedules": max(one.made for one in results),
        "proven_optimal_percent": round(100 * sum(one.is_proven for one in results) / count, 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default="j30,j60,j120")
    parser.add_argument("--every", type=int, default=1, help="only every n-th instance of a set")
    parser.add_argument("--starts", type=Path, help="write the found starts here, by instance")
    parser.add_argument("--json", action="store_true", help="the only form there is; for symmetry")
    parser.add_argument("--solver", action="store_true", help="let the solver go on from what is found")
    parser.add_argument("--seconds", type=float, default=5.0, help="wall time of the solver for one plan")
    options = parser.parse_args()
    methods = METHODS | ({"solver": solved(options.seconds)} if options.solver else {})
    best = best_known(options.folder)
    report: dict[str, object] = {}
    starts: dict[str, list[int]] = {}
    for set_name in options.sets.split(","):
        report[set_name], found = set_rows(read_set(options.folder, set_name, options.every), best, methods)
        starts |= found
    if options.starts is not None:
        options.starts.write_text(json.dumps(starts), encoding="utf-8")
    print(json.dumps({"sets": report, "every": options.every, "checked": "every schedule"}, indent=2))


if __name__ == "__main__":
    main()
