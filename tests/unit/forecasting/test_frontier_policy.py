from __future__ import annotations

import pytest

from benchmarks.independent_draws import IndependentDraws
from benchmarks.random_projects import AT_ONCE, LAWS, random_project
from planner.forecasting.concurrency import worthwhile_concurrency
from planner.forecasting.forecast import forecast
from planner.forecasting.frontier_policy import LONGEST_PATH_FIRST, choose_policy
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import TaskDemand, build_plan_index
from planner.scheduling.simulate import simulate

LIMITS = Limits(AT_ONCE)


@pytest.mark.parametrize("law", LAWS)
def test_the_chosen_way_is_faster_on_draws_that_it_was_not_chosen_by(law: str) -> None:
    chosen = plain = 0.0
    for number in range(3):
        project = random_project(number, LAWS[law])
        policy = choose_policy(project.index, project.points, LIMITS, seed=number, rho=0.0)
        draws = IndependentDraws(number, 0.0)
        for _ in range(20):
            hours = draws.hours(project.points)
            chosen += simulate(policy.index(project.index), hours, policy.limits(LIMITS)).makespan
            plain += simulate(project.index, hours, LIMITS).makespan
    assert chosen < plain


def test_the_choice_is_the_least_mean_of_its_trials_and_the_same_for_a_seed() -> None:
    project = random_project(5, LAWS["low"])
    first, again = (choose_policy(project.index, project.points, LIMITS, seed=3, rho=0.3) for _ in range(2))
    assert first == again
    means = {trial.window: trial.mean for trial in first.trials}
    assert means[first.window] == min(means.values())
    assert len(means) == 5


def test_without_scarce_resources_there_is_nothing_to_choose() -> None:
    tasks = [TaskDemand(f"T{n}", 2, {}, after=(f"T{n // 2}",) if n else ()) for n in range(10)]
    index = build_plan_index(tasks, {})
    assert choose_policy(index, [(1, 2, 3)] * 10, LIMITS, seed=1, rho=0.3) == LONGEST_PATH_FIRST


def test_waves_keep_to_their_barrier_and_choose_nothing() -> None:
    project = random_project(5, LAWS["low"])
    waves = Limits(AT_ONCE, "wave_based")
    assert choose_policy(project.index, project.points, waves, seed=3, rho=0.3) == LONGEST_PATH_FIRST


@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_a_forecast_covers_what_other_code_draws(rho: float) -> None:
    covered = [0, 0, 0]
    fresh = 0
    for number in range(3):
        project = random_project(number, LAWS["wide"])
        expected = forecast(project.index, project.points, LIMITS, seed=number, draws=1000, rho=rho)
        draws = IndependentDraws(number, rho)
        for _ in range(300):
            taken = simulate(project.index, draws.hours(project.points), LIMITS).makespan
            fresh += 1
            for place, most in enumerate((expected.p50, expected.p80, expected.p95)):
                covered[place] += taken <= most
    for count, share in zip(covered, (0.50, 0.80, 0.95), strict=True):
        assert count / fresh == pytest.approx(share, abs=0.04)


def test_as_many_tasks_at_once_are_worth_it_as_there_are_free_hands_for() -> None:
    free = build_plan_index([TaskDemand(f"T{n}", 2, {}) for n in range(6)], {})
    points = [(1.9, 2.0, 2.1)] * 6
    assert worthwhile_concurrency(free, points, Limits(10), seed=1, rho=0.3).tasks == 6
    assert worthwhile_concurrency(free, points, Limits(4), seed=1, rho=0.3).tasks == 3
    pool = build_plan_index([TaskDemand(f"T{n}", 2, {"pool": 1}) for n in range(6)], {"pool": 2})
    found = worthwhile_concurrency(pool, points, Limits(10), seed=1, rho=0.3)
    assert (found.tasks, found.mean_hours) == (2, found.mean_hours_with_all)
    lock = build_plan_index([TaskDemand(f"T{n}", 2, {"lock": 1}) for n in range(6)], {"lock": 1})
    assert worthwhile_concurrency(lock, points, Limits(10), seed=1, rho=0.3).tasks == 1
