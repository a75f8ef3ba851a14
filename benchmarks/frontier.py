"""The rolling frontier against waves, and the forecast against what happens then.

    python -m benchmarks.frontier --json [--plans 100] [--draws 10] [--psplib FOLDER]

Random plans in the shape of seed 001's example. Each is run by the executor's own scheduler, under the policy
that a plan would choose for itself, with durations that nobody knew: drawn by code of the benchmark's own.
Beside it: the frontier by longest path alone, greedy waves, and the best schedule that a search finds in
hindsight, when the durations are known. Every schedule is checked. With PSPLIB's folder it also prints how
the waves do there, so that anybody can see that the opponent is not a weak one.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.independent_draws import IndependentDraws
from benchmarks.psplib import METHODS, measured
from benchmarks.psplib_instances import best_known, read_set
from benchmarks.random_projects import AT_ONCE, LAWS, Project, random_project
from benchmarks.wave_schedules import by_latest_finish, greedy_waves, in_waves
from planner.forecasting.evolve import evolve
from planner.forecasting.forecast import forecast
from planner.forecasting.frontier_policy import LONGEST_PATH_FIRST, FrontierPolicy, choose_policy
from planner.scheduling.check_schedule import check
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule, simulate

LIMITS = Limits(AT_ONCE)
FORECAST_DRAWS = 1000
SHARES = (0.50, 0.80, 0.95)
WAVE_METHODS = ("waves_greedy_first_come", "waves_greedy_latest_finish", "waves_by_layer")


class WrongSchedule(AssertionError):
    """A schedule breaks a rule."""


@dataclass(slots=True)
class Tally:
    """The times of each way to run, over all plans and draws of one law, and how the forecasts did."""

    hours: dict[str, list[float]] = field(default_factory=dict)
    windows: list[float | None] = field(default_factory=list)
    covered: list[int] = field(default_factory=lambda: [0] * len(SHARES))
    fresh: int = 0
    plan_seconds: float = 0.0

    def add(self, way: str, hours: float) -> None:
        """Note the time of one run."""
        self.hours.setdefault(way, []).append(hours)

    def mean(self, way: str) -> float:
        """Return the mean time."""
        return sum(self.hours[way]) / len(self.hours[way])

    def above_hindsight(self, way: str) -> float:
        """Return the mean percentage above the best schedule in hindsight, run by run."""
        pairs = zip(self.hours[way], self.hours["hindsight"], strict=True)
        return 100 * sum(taken / best - 1 for taken, best in pairs) / len(self.hours[way])


def checked(index: PlanIndex, schedule: Schedule, limits: Limits, durations: Sequence[float]) -> float:
    """Return the makespan of a schedule that breaks no rule."""
    wrong = check(index, schedule, limits, durations)
    if wrong:
        raise WrongSchedule("; ".join(wrong))
    return schedule.makespan


def frontier_hours(project: Project, policy: FrontierPolicy, hours: Sequence[float]) -> float:
    """Return how long the executor's scheduler takes."""
    index, limits = policy.index(project.index), policy.limits(LIMITS)
    return checked(index, simulate(index, hours, limits), limits, hours)


def run_plan(tally: Tally, number: int, law: str, options: argparse.Namespace) -> None:
    """Run one plan with several draws in every way."""
    project = random_project(number, LAWS[law])
    index = project.index
    begin = time.process_time()
    policy = choose_policy(index, project.points, LIMITS, seed=number, rho=options.rho)
    tally.plan_seconds += time.process_time() - begin
    tally.windows.append(policy.window)
    first_come = greedy_waves(index, LIMITS)
    latest_finish = greedy_waves(index, LIMITS, by_latest_finish(index))
    draws = IndependentDraws(1_000_000 + number, options.rho)
    for _ in range(options.draws):
        hours = draws.hours(project.points)
        known = project.in_hindsight(hours)
        found = evolve(known, LIMITS, seed=number).schedule
        tally.add("hindsight", checked(known, found, LIMITS, hours))
        tally.add("frontier_chosen", frontier_hours(project, policy, hours))
        tally.add("frontier_longest_path_first", frontier_hours(project, LONGEST_PATH_FIRST, hours))
        for way, waves in (("waves_first_come", first_come), ("waves_latest_finish", latest_finish)):
            tally.add(way, checked(index, in_waves(index, waves, hours), LIMITS, hours))
    count_covered(tally, project, policy, draws, options)


def count_covered(
    tally: Tally,
    project: Project,
    policy: FrontierPolicy,
    draws: IndependentDraws,
    options: argparse.Namespace,
) -> None:
    """Forecast the plan and see how often fresh draws stay below each quantile."""
    expected = forecast(
        policy.index(project.index),
        project.points,
        policy.limits(LIMITS),
        seed=len(tally.windows) + 7_000_000,
        draws=FORECAST_DRAWS,
        rho=options.rho,
    )
    for _ in range(options.fresh):
        taken = frontier_hours(project, policy, draws.hours(project.points))
        tally.fresh += 1
        for number, most in enumerate((expected.p50, expected.p80, expected.p95)):
            tally.covered[number] += taken <= most


def law_row(tally: Tally) -> dict[str, object]:
    """Return what one law shows."""
    chosen, plain = tally.mean("frontier_chosen"), tally.mean("frontier_longest_path_first")
    ordered = sum(window is not None for window in tally.windows)
    return {
        "plans": len(tally.windows),
        "mean_hours": {way: round(tally.mean(way), 2) for way in tally.hours},
        "chosen_of_greedy_waves_first_come": round(chosen / tally.mean("waves_first_come"), 4),
        "chosen_of_greedy_waves_latest_finish": round(chosen / tally.mean("waves_latest_finish"), 4),
        "longest_path_of_greedy_waves_first_come": round(plain / tally.mean("waves_first_come"), 4),
        "percent_above_hindsight": {
            way: round(tally.above_hindsight(way), 2) for way in tally.hours if way != "hindsight"
        },
        "plans_with_an_order_of_their_own": ordered,
        "seconds_to_choose": round(tally.plan_seconds / len(tally.windows), 3),
        "coverage_percent": {
            f"p{round(100 * share)}": round(100 * count / tally.fresh, 2)
            for share, count in zip(SHARES, tally.covered, strict=True)
        },
        "fresh_draws": tally.fresh,
    }


def psplib_rows(folder: Path, every: int) -> dict[str, dict[str, float]]:
    """Return how far above the best known makespans the waves are, in percent."""
    best = best_known(folder)
    rows: dict[str, dict[str, float]] = {}
    for set_name in ("j30", "j60"):
        instances = list(read_set(folder, set_name, every))
        rows[set_name] = {}
        for method in WAVE_METHODS:
            above = [measured(one, best[one.name], METHODS[method]).above for one in instances]
            rows[set_name][method] = round(sum(above) / len(above), 1)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plans", type=int, default=100)
    parser.add_argument("--draws", type=int, default=10, help="runs of each plan")
    parser.add_argument("--fresh", type=int, default=100, help="draws of each plan that test its forecast")
    parser.add_argument(
        "--rho", type=float, default=0.0, help="how much the tasks of a plan are late together"
    )
    parser.add_argument("--psplib", type=Path, help="the folder of PSPLIB's instances")
    parser.add_argument("--every", type=int, default=1, help="only every n-th instance of PSPLIB")
    parser.add_argument("--json", action="store_true", help="the only form there is; for symmetry")
    options = parser.parse_args()
    report: dict[str, object] = {}
    for law in LAWS:
        tally = Tally()
        for number in range(options.plans):
            run_plan(tally, number, law, options)
        report[law] = law_row(tally)
    if options.psplib is not None:
        report["psplib_percent_above_best_known"] = psplib_rows(options.psplib, options.every)
    print(json.dumps({"laws": report, "rho": options.rho, "checked": "every schedule"}, indent=2))


if __name__ == "__main__":
    main()
