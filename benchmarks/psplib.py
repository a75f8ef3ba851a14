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
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.psplib_instances import Instance, best_known, read_set
from benchmarks.wave_schedules import by_latest_finish, greedy_waves, in_waves, waves_by_layer
from planner.forecasting.evolve import MOST_SCHEDULES, as_schedule, evolve
from planner.scheduling.check_schedule import check
from planner.scheduling.frontier_schedule import frontier_schedule
from planner.scheduling.justification import never_longer
from planner.scheduling.limits import Limits
from planner.scheduling.packed_problem import pack_problem
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule, simulate

SEED = 1


class WrongSchedule(AssertionError):
    """A method made a schedule that the independent check refuses."""


Answer = tuple[Schedule, int]
"""A schedule, and how many were made for it."""


def longest_path_first(index: PlanIndex, limits: Limits) -> Answer:
    """The frontier that forecasts and executes."""
    return simulate(index, index.durations, limits), 1


def justified(index: PlanIndex, limits: Limits) -> Answer:
    """The frontier by latest finish, pushed to the right and left once."""
    problem = pack_problem(index, limits)
    return as_schedule(never_longer(problem, frontier_schedule(problem, by_latest_finish(index)))), 3


def searched(index: PlanIndex, limits: Limits) -> Answer:
    """The search, with at most 1,000 schedules."""
    found = evolve(index, limits, seed=SEED, budget=MOST_SCHEDULES)
    return found.schedule, found.schedules_made


def waves_first_come(index: PlanIndex, limits: Limits) -> Answer:
    """Greedy waves, first come first served."""
    return in_waves(index, greedy_waves(index, limits), index.durations), 1


def waves_latest_finish(index: PlanIndex, limits: Limits) -> Answer:
    """Greedy waves, by latest finish."""
    return in_waves(index, greedy_waves(index, limits, by_latest_finish(index)), index.durations), 1


def waves_layers(index: PlanIndex, limits: Limits) -> Answer:
    """One layer of the graph after the other."""
    return in_waves(index, waves_by_layer(index, limits), index.durations), 1


METHODS: dict[str, Callable[[PlanIndex, Limits], Answer]] = {
    "evolve": searched,
    "frontier_longest_path_first": longest_path_first,
    "frontier_latest_finish_justified": justified,
    "waves_greedy_first_come": waves_first_come,
    "waves_greedy_latest_finish": waves_latest_finish,
    "waves_by_layer": waves_layers,
}


def measured(
    instance: Instance, best: int, method: Callable[[PlanIndex, Limits], Answer]
) -> tuple[Schedule, float, float, int]:
    """Return the schedule, percent above the best known makespan, CPU seconds and schedules made."""
    begin = time.process_time()
    index = instance.plan_index()
    limits = Limits(max_concurrent=len(index.ids))
    schedule, made = method(index, limits)
    seconds = time.process_time() - begin
    wrong = check(index, schedule, limits)
    if wrong:
        message = f"{instance.name}: {'; '.join(wrong)}"
        raise WrongSchedule(message)
    return schedule, 100 * (schedule.makespan / best - 1), seconds, made


def set_rows(
    instances: Iterable[Instance], best: dict[str, int]
) -> tuple[dict[str, object], dict[str, list[int]]]:
    """Return one row for each method, and the starts that the search found."""
    results: dict[str, list[tuple[float, float, int]]] = {name: [] for name in METHODS}
    starts: dict[str, list[int]] = {}
    for instance in instances:
        for name, method in METHODS.items():
            schedule, above, seconds, made = measured(instance, best[instance.name], method)
            results[name].append((above, seconds, made))
            if name == "evolve":
                starts[instance.name] = [int(start) for start in schedule.starts]
    rows: dict[str, object] = {}
    for name, found in results.items():
        rows[name] = {
            "mean_percent_above_best_known": round(sum(above for above, _, _ in found) / len(found), 3),
            "cpu_seconds_a_plan": round(sum(seconds for _, seconds, _ in found) / len(found), 5),
            "mean_schedules": round(sum(made for _, _, made in found) / len(found), 1),
            "most_schedules": max(made for _, _, made in found),
        }
    return {"instances": len(starts), **rows}, starts


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
    options = parser.parse_args()
    best = best_known(options.folder)
    report: dict[str, object] = {}
    starts: dict[str, list[int]] = {}
    for set_name in options.sets.split(","):
        report[set_name], found = set_rows(read_set(options.folder, set_name, options.every), best)
        starts |= found
    if options.starts is not None:
        options.starts.write_text(json.dumps(starts), encoding="utf-8")
    print(json.dumps({"sets": report, "every": options.every, "checked": "every schedule"}, indent=2))


if __name__ == "__main__":
    main()
