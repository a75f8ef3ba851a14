"""The solver is an extra: without it one is told so; with it, what it returns is checked like all else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from planner.forecasting import solve as solver
from planner.forecasting.solve import SolverMissing, solve
from planner.scheduling.check_schedule import check
from planner.scheduling.limits import Limits
from tests.unit.forecasting.test_evolve import knapsack_plan


def test_what_the_solver_returns_is_feasible_and_not_below_its_bound() -> None:
    index, limits = knapsack_plan(), Limits()
    found = solve(index, limits, seconds=2, seed=1)
    assert check(index, found.schedule, limits) == ()
    assert found.bound <= found.schedule.makespan


def test_a_solver_that_cannot_be_imported_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "MODULE", "ortools_that_is_nowhere")
    with pytest.raises(
        SolverMissing,
        match=r"not installed \(No module named 'ortools_that_is_nowhere'\): install the extra `solver`",
    ):
        solve(knapsack_plan(), Limits(), seconds=1, seed=1)


def test_nothing_imports_the_solver_before_it_is_asked_for() -> None:
    program = (
        "import sys, planner.forecasting.solve, planner.make_plan\n"
        "assert not [name for name in sys.modules if name.startswith('ortools')]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
