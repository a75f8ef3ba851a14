from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.forecasting.duration_draws import ThreePoints, draw_durations
from planner.forecasting.forecast import Forecast, HourQuantiles, forecast
from planner.forecasting.lower_bound import lower_bound
from planner.scheduling.barrier import Barrier
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.simulate import simulate
from schemas.tasks import ExecutionModel
from tests.unit.scheduling.random_plans import large_plan, plans

WIDE = ThreePoints(2, 4, 12)


def around(index: PlanIndex) -> list[ThreePoints]:
    return [ThreePoints(0.6 * hours, hours, 2 * hours) for hours in index.durations]


def hours(expected: Forecast) -> tuple[float, float, float]:
    return expected.p50, expected.p80, expected.p95


def test_two_certain_tasks_in_series_take_their_sum_in_every_draw() -> None:
    index = build_plan_index([TaskDemand("A", 2, {"db": 1}), TaskDemand("B", 4, {}, after=("A",))], {"db": 1})
    expected = forecast(index, [ThreePoints(2, 2, 2), ThreePoints(4, 4, 4)], Limits(), seed=1)
    assert hours(expected) == (6, 6, 6)
    assert expected.average_concurrency == pytest.approx(1)
    assert expected.max_concurrency == 1
    assert expected.utilisation == {"db": pytest.approx(1 / 3)}
    assert expected.peak_units == {"db": 1}


def test_two_tasks_in_parallel_take_the_longer_of_both() -> None:
    index = build_plan_index([TaskDemand("A", 4, {}), TaskDemand("B", 4, {})], {})
    expected = forecast(index, [WIDE, WIDE], Limits(), seed=1, draws=4000, rho=0.0)
    sample = 2 + 10 * np.random.default_rng(5).beta(1.8, 4.2, (100_000, 2))
    quantiles = np.quantile(sample.max(axis=1), [0.5, 0.8, 0.95])
    assert hours(expected) == pytest.approx(tuple(quantiles), rel=0.03)
    assert expected.max_concurrency == 2


def test_two_tasks_in_series_spread_less_than_the_sum_of_their_quantiles() -> None:
    index = build_plan_index([TaskDemand("A", 4, {}), TaskDemand("B", 4, {}, after=("A",))], {})
    apart = forecast(index, [WIDE, WIDE], Limits(), seed=1, draws=4000, rho=0.0)
    together = forecast(index, [WIDE, WIDE], Limits(), seed=1, draws=4000, rho=1.0)
    sample = 2 + 10 * np.random.default_rng(5).beta(1.8, 4.2, (100_000, 2))
    assert apart.p95 == pytest.approx(float(np.quantile(sample.sum(axis=1), 0.95)), rel=0.03)
    assert together.p95 == pytest.approx(2 * float(np.quantile(sample[:, 0], 0.95)), rel=0.03)


def test_on_fresh_draws_the_quantiles_cover_what_they_say() -> None:
    index = large_plan(60)
    limits = Limits(6)
    expected = forecast(index, around(index), limits, seed=1, draws=1000)
    fresh = [
        simulate(index, row, limits).makespan for row in draw_durations(around(index), 2, 1000, 0.3).tolist()
    ]
    for most, share in zip(hours(expected), (0.50, 0.80, 0.95), strict=True):
        assert float(np.mean(np.array(fresh) <= most)) == pytest.approx(share, abs=0.05)


def test_the_same_seed_gives_the_same_forecast() -> None:
    index = large_plan(40)
    forecasts = [forecast(index, around(index), Limits(5), seed=seed, draws=30) for seed in (9, 9, 10)]
    assert forecasts[0] == forecasts[1]
    assert hours(forecasts[0]) != hours(forecasts[2])


def test_waves_are_forecast_one_by_one_and_add_up_to_the_plan_in_each_draw() -> None:
    tasks = [TaskDemand("A", 4, {}, wave=1), TaskDemand("B", 4, {}, wave=1), TaskDemand("C", 4, {}, wave=2)]
    index = build_plan_index(tasks, {})
    estimates = [ThreePoints(3, 3, 3), ThreePoints(5, 5, 5), ThreePoints(4, 4, 4)]
    waves = forecast(index, estimates, Limits(model="wave_based"), seed=1, draws=5)
    assert waves.waves == {1: HourQuantiles(5, 5, 5), 2: HourQuantiles(4, 4, 4)}
    assert waves.p95 == 9
    assert forecast(index, estimates, Limits(), seed=1, draws=5).waves == {}


def test_a_wave_lasts_until_its_quorum_or_its_time_lets_the_next_one_begin() -> None:
    tasks = [TaskDemand(name, 4, {}, wave=1, optional=name == "D") for name in "ABCD"]
    index = build_plan_index([*tasks, TaskDemand("Z", 1, {}, wave=2)], {})
    estimates = [ThreePoints(hours, hours, hours) for hours in (1, 2, 5, 9, 1)]

    def first_wave(barrier: Barrier) -> float:
        limits = Limits(model="wave_based", barrier=barrier)
        expected = forecast(index, estimates, limits, seed=1, draws=3)
        assert expected.p50 == (10 if barrier == Barrier() else 9)
        return expected.waves[1].p50

    assert first_wave(Barrier()) == 9
    assert first_wave(Barrier(0.5)) == 2
    assert first_wave(Barrier(0.0)) == 0
    assert first_wave(Barrier(timeout=6)) == 6
    assert first_wave(Barrier(timeout=3)) == 5
    assert first_wave(Barrier(0.75, timeout=3)) == 3


def test_a_plan_without_tasks_is_done_at_once() -> None:
    expected = forecast(build_plan_index([], {"db": 1}), [], Limits(), seed=1, draws=3)
    assert hours(expected) == (0, 0, 0)
    assert expected.utilisation == {"db": 0.0}
    assert expected.max_concurrency == 0


@given(plans(), st.integers(1, 5), st.sampled_from(get_args(ExecutionModel)))
@settings(max_examples=100, deadline=None)
def test_no_schedule_is_shorter_than_the_lower_bound(
    index: PlanIndex, slots: int, model: ExecutionModel
) -> None:
    limits = Limits(slots, model)
    assert simulate(index, index.durations, limits).makespan >= lower_bound(index, limits) - 1e-9


def test_the_lower_bound_is_the_tightest_of_path_resource_and_slots() -> None:
    lock = build_plan_index([TaskDemand(name, 3, {"db": 1}) for name in "ABC"], {"db": 1})
    assert lower_bound(lock, Limits()) == 9
    free = build_plan_index([TaskDemand(name, 3, {}) for name in "ABC"], {})
    assert lower_bound(free, Limits()) == 3
    assert lower_bound(free, Limits(2)) == 4.5
    assert lower_bound(build_plan_index([], {}), Limits()) == 0
