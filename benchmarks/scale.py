"""What planning costs as plans grow: the graph, one schedule, and a forecast.

    python -m benchmarks.scale --json [--tasks 1000 10000] [--repeat 3]

Plans in the shape of seed 001's example, 1.7 edges a task. Times are CPU seconds, the least of some repeats,
since whatever else runs on the machine only ever adds to them. Every schedule is checked.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from random import Random

from benchmarks.random_projects import AT_ONCE, CAPACITIES, LAWS, random_project
from planner.forecasting.forecast import forecast
from planner.forecasting.frontier_policy import choose_policy
from planner.forecasting.lower_bound import lower_bound
from planner.graph.cycles import find_cycle
from planner.graph.exact_width import exact_width
from planner.graph.kahn_layers import layer_widths
from planner.graph.longest_path import longest_path
from planner.graph.precedence_graph import PrecedenceGraph
from planner.graph.transitive_reduction import transitive_reduction
from planner.scheduling.check_schedule import check
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.simulate import simulate

LIMITS = Limits(AT_ONCE)
SIMULATIONS = 1000


def large_plan(count: int, seed: int) -> PlanIndex:
    """Return a plan of any size: most dependencies are near, a few tasks share each scarce resource."""
    random = Random(seed)  # noqa: S311 - a plan that is the same each time, not a secret
    tasks = []
    for number in range(count):
        near = range(max(0, number - 200), number)
        after = set(random.sample(near, min(len(near), random.choice((1, 1, 2, 2, 2, 2, 2)))))
        needs = {"cpu": random.choice((1, 1, 1, 2, 3)), "memory": random.choice((1, 2, 2, 4, 6))}
        shared = random.choices((None, "migrations", "deployment", "pool"), (62, 7, 9, 22))[0]
        if shared:
            needs[shared] = 1
        names = tuple(f"T{before:05}" for before in sorted(after))
        tasks.append(TaskDemand(f"T{number:05}", random.uniform(2, 8), needs, names))
    return build_plan_index(tasks, CAPACITIES)


def least_seconds(repeat: int, work: Callable[[], object]) -> float:
    """Return the least CPU time of several repeats."""
    least = float("inf")
    for _ in range(repeat):
        begin = time.process_time()
        work()
        least = min(least, time.process_time() - begin)
    return round(least, 4)


def graph_row(index: PlanIndex, repeat: int) -> dict[str, object]:
    """Return what each question to the graph costs."""
    graph = PrecedenceGraph(index.ids, index.successors, index.predecessors)
    seconds = {
        "cycle_check": least_seconds(repeat, lambda: find_cycle(graph)),
        "transitive_reduction": least_seconds(repeat, lambda: transitive_reduction(graph)),
        "exact_width": least_seconds(repeat, lambda: exact_width(graph)),
        "critical_path": least_seconds(repeat, lambda: longest_path(graph, index.durations)),
    }
    return {
        "edges": graph.edge_count,
        "exact_width": exact_width(graph),
        "kahn_layer_max": max(layer_widths(graph)),
        "seconds": seconds | {"together": round(sum(seconds.values()), 4)},
    }


def schedule_row(index: PlanIndex, repeat: int) -> dict[str, object]:
    """Return what one schedule costs, by the scheduler that executes."""
    schedule = simulate(index, index.durations, LIMITS)
    wrong = check(index, schedule, LIMITS)
    if wrong:
        raise SystemExit("; ".join(wrong))
    return {
        "frontier_seconds": least_seconds(repeat, lambda: simulate(index, index.durations, LIMITS)),
        "hours": round(schedule.makespan, 1),
        "lower_bound_hours": round(lower_bound(index, LIMITS), 1),
    }


def forecast_row(repeat: int) -> dict[str, object]:
    """Return what a forecast of seed 001's example costs, and the choice of its order."""
    project = random_project(1, LAWS["low"])
    index, points = project.index, project.points
    hours = [list(index.durations)] * SIMULATIONS
    return {
        "tasks": len(index.ids),
        "simulations": SIMULATIONS,
        "simulations_seconds": least_seconds(repeat, lambda: [simulate(index, row, LIMITS) for row in hours]),
        "forecast_seconds": least_seconds(
            repeat, lambda: forecast(index, points, LIMITS, seed=1, draws=SIMULATIONS)
        ),
        "choice_of_order_seconds": least_seconds(
            repeat, lambda: choose_policy(index, points, LIMITS, seed=1, rho=0.3)
        ),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="the only form there is; for symmetry")
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    for count in options.tasks:
        print(f"{count} tasks", file=sys.stderr)
        index = large_plan(count, seed=count)
        rows.append(
            {
                "tasks": count,
                "graph": graph_row(index, options.repeat),
                "schedule": schedule_row(index, options.repeat),
            }
        )
    print(json.dumps({"rows": rows, "forecast": forecast_row(options.repeat)}, indent=2))


if __name__ == "__main__":
    main()
