"""A shorter schedule, and a proof of how short it can get, by OR-tools' CP-SAT: an optional extra.

It takes seconds where the search takes a fraction of one. Nothing imports OR-tools before it is asked for.
"""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Sequence
from typing import Any

from planner.forecasting.evolve import Found, as_schedule, evolve
from planner.scheduling.justification import never_longer
from planner.scheduling.limits import Limits
from planner.scheduling.packed_problem import PackedProblem, pack_problem
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.serial_schedule import serial_schedule
from planner.scheduling.simulate import Schedule

EXTRA = "solver"
MODULE = "ortools.sat.python.cp_model"
TICKS_PER_HOUR = 360
WORKERS = 2
SEARCHED_SCHEDULES = 5000


class SolverMissing(ImportError):
    """The optional extra that holds the solver is not installed."""


def solve(index: PlanIndex, limits: Limits, *, seconds: float, seed: int, workers: int = WORKERS) -> Found:
    """Return the best schedule that the search and then the solver find, with the best proven bound.

    Args:
        index: the plan.
        limits: the limits of the run.
        seconds: how long both together may take, in seconds of wall time; the search needs about one.
        seed: decides the search, and the solver as far as its threads can be decided.
        workers: how many threads the solver uses.

    Raises:
        SolverMissing: OR-tools is not installed.
    """
    cp_model = _solver_module()
    begin = time.monotonic()
    found = evolve(index, limits, seed=seed, budget=SEARCHED_SCHEDULES)
    if found.is_optimal:
        return found
    problem = pack_problem(index, limits)
    # CP-SAT knows whole numbers only. Rounded down, no bound is too high; the order is then timed exactly.
    ticks = 1 if all(hours.is_integer() for hours in index.durations) else TICKS_PER_HOUR
    durations = [math.floor(hours * ticks) for hours in index.durations]
    model, starts = _model(cp_model, index, limits, durations, found.schedule, ticks)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.1, seconds - (time.monotonic() - begin))
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed % 2**31
    status = solver.solve(model)
    bound = max(found.bound, math.ceil(solver.best_objective_bound - 1e-6) / ticks)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Found(found.schedule, found.schedules_made, bound)
    schedule = _timed(problem, [solver.value(start) for start in starts])
    better = min(found.schedule, schedule, key=lambda one: one.makespan)
    return Found(better, found.schedules_made, min(bound, better.makespan))


def _solver_module() -> Any:  # noqa: ANN401 - a module of an extra, found when it is asked for
    try:
        return importlib.import_module(MODULE)
    except ImportError as missing:
        message = (
            f"the solver is not installed ({missing}): install the extra `{EXTRA}`, "
            f"as in `pip install 'tasks-on-temporal[{EXTRA}]'`, or leave the solver out"
        )
        raise SolverMissing(message) from missing


def _model(
    cp_model: Any,  # noqa: ANN401 - a module of an extra, found when it is asked for
    index: PlanIndex,
    limits: Limits,
    durations: Sequence[int],
    known: Schedule,
    ticks: int,
) -> tuple[Any, list[Any]]:
    """Return the model with the known schedule as a hint, and its variables for the starts."""
    model = cp_model.CpModel()
    horizon = math.ceil(known.makespan * ticks)
    tasks = range(len(durations))
    starts = [model.new_int_var(0, horizon - durations[task], f"start {index.ids[task]}") for task in tasks]
    spans = [
        model.new_fixed_size_interval_var(starts[task], durations[task], index.ids[task]) for task in tasks
    ]
    end = model.new_int_var(0, horizon, "end")
    for task in tasks:
        model.add(starts[task] + durations[task] <= end)
        for successor in index.successors[task]:
            model.add(starts[successor] >= starts[task] + durations[task])
        model.add_hint(starts[task], min(math.floor(known.starts[task] * ticks), horizon - durations[task]))
    for resource, capacity in enumerate(index.capacities):
        needs = {task: dict(index.demands[task]).get(resource, 0) for task in tasks}
        users = [task for task in tasks if needs[task] and durations[task]]
        if sum(needs[task] for task in users) > capacity:
            model.add_cumulative([spans[task] for task in users], [needs[task] for task in users], capacity)
    lasting = [task for task in tasks if durations[task]]
    if len(lasting) > limits.max_concurrent:
        model.add_cumulative([spans[task] for task in lasting], [1] * len(lasting), limits.max_concurrent)
    model.minimize(end)
    return model, starts


def _timed(problem: PackedProblem, starts: Sequence[int]) -> Schedule:
    """Return the schedule of the solver's order with the exact durations, pushed together."""
    order = sorted(problem.order, key=starts.__getitem__)
    return as_schedule(never_longer(problem, serial_schedule(problem, order)))
