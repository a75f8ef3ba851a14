"""A plan of seconds keeps its digits, a plan of weeks does not pretend to have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.forecasting.rounded_hours import hours_text, rounded_hours


@pytest.mark.parametrize(
    ("hours", "rounded", "text"),
    [
        (0.0, 0.0, "0 h"),
        (0.00123456, 0.00123, "4 s"),
        (0.0678, 0.0678, "4 min"),
        (0.5, 0.5, "30 min"),
        (6.24999, 6.2, "6.2 h"),
        (35.44, 35.4, "35.4 h"),
        (8.0, 8.0, "8 h"),
    ],
)
def test_hours_keep_three_digits(hours: float, rounded: float, text: str) -> None:
    assert rounded_hours(hours) == rounded
    assert hours_text(hours) == text


@given(st.floats(1e-6, 1e5))
def test_rounding_changes_no_more_than_a_digit(hours: float) -> None:
    assert abs(rounded_hours(hours) - hours) <= (0.0501 if hours >= 1 else 0.006 * hours)
