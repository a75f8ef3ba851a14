from __future__ import annotations

import numpy as np
import pytest

from planner.forecasting.duration_draws import Hours, ThreePoints, draw_durations, quantiles

SHAPES = [ThreePoints(4, 6, 10), ThreePoints(1, 2, 8), ThreePoints(0, 0, 5), ThreePoints(3, 7, 7)]
FROZEN = [[4.920065, 2.406458], [7.94348, 3.386358]]


def independent_sample(estimate: ThreePoints) -> Hours:
    """Draw from the same distribution with numpy's own beta."""
    spread = estimate.pessimistic - estimate.optimistic
    alpha = 1 + 4 * (estimate.likely - estimate.optimistic) / spread
    beta = 1 + 4 * (estimate.pessimistic - estimate.likely) / spread
    sample: Hours = estimate.optimistic + spread * np.random.default_rng(7).beta(alpha, beta, 200_000)
    return sample


@pytest.mark.parametrize("estimate", SHAPES, ids=str)
def test_quantiles_cover_as_much_of_an_independent_sample_as_they_say(estimate: ThreePoints) -> None:
    shares = np.array([0.05, 0.2, 0.5, 0.8, 0.95])
    sample = independent_sample(estimate)
    covered = [float(np.mean(sample <= hours)) for hours in quantiles(estimate, shares)]
    assert covered == pytest.approx(shares, abs=0.005)


@pytest.mark.parametrize("estimate", SHAPES, ids=str)
def test_the_mean_of_the_draws_is_perts(estimate: ThreePoints) -> None:
    drawn = draw_durations([estimate], 1, 40_000, 0.3)
    expected = (estimate.optimistic + 4 * estimate.likely + estimate.pessimistic) / 6
    assert float(drawn.mean()) == pytest.approx(expected, rel=0.01)
    assert estimate.optimistic <= drawn.min()
    assert drawn.max() <= estimate.pessimistic


def test_equal_values_are_certain() -> None:
    assert set(draw_durations([ThreePoints(5, 5, 5)], 1, 50, 0.3).ravel()) == {5.0}


def test_the_same_seed_draws_the_same_hours_and_another_seed_others() -> None:
    first = draw_durations(SHAPES, 2**40 + 1, 20, 0.3)
    assert np.array_equal(first, draw_durations(SHAPES, 2**40 + 1, 20, 0.3))
    assert not np.array_equal(first, draw_durations(SHAPES, 1, 20, 0.3))


def test_the_stream_is_the_one_that_earlier_plans_were_forecast_with() -> None:
    drawn = draw_durations(SHAPES[:2], 12345, 2, 0.3)
    assert drawn == pytest.approx(np.array(FROZEN), abs=1e-6)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9])
def test_tasks_are_late_together_as_much_as_rho_says(rho: float) -> None:
    drawn = draw_durations([ThreePoints(4, 6, 10)] * 2, 3, 40_000, rho)
    # The distribution is near enough to normal that the correlation of the hours is that of the scores.
    assert float(np.corrcoef(drawn[:, 0], drawn[:, 1]).flat[1]) == pytest.approx(rho, abs=0.02)


def test_with_rho_one_all_tasks_move_as_one() -> None:
    drawn = draw_durations([ThreePoints(4, 6, 10)] * 3, 3, 50, 1.0)
    assert np.ptp(drawn, axis=1).max() < 1e-9


@pytest.mark.parametrize(
    "points", [(3, 2, 4), (-1, 2, 4), (1, 5, 4), (1, 2, float("inf")), (float("nan"), 2, 4)]
)
def test_an_estimate_out_of_order_is_refused(points: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="out of order"):
        draw_durations([points], 1, 1, 0.3)


@pytest.mark.parametrize(("draws", "rho"), [(0, 0.3), (10, 1.1), (10, -0.1)])
def test_draws_and_rho_out_of_range_are_refused(draws: int, rho: float) -> None:
    with pytest.raises(ValueError, match="draw at least once"):
        draw_durations(SHAPES, 1, draws, rho)
