"""Who follows a run asks only some of its tasks at a time, and each of them before long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasks_cli.follow_run import whose_turn


def test_who_was_never_asked_comes_first_then_who_was_asked_longest_ago() -> None:
    assert whose_turn(["A", "B", "C", "D"], ["C", "A"], 3) == ["B", "D", "C"]
    assert whose_turn(["A", "B"], ["B", "A"], 4) == ["B", "A"]
    assert whose_turn([], [], 4) == []


@given(st.integers(1, 30), st.integers(1, 6))
def test_everybody_has_had_a_turn_after_as_few_looks_as_possible(tasks: int, at_a_time: int) -> None:
    running = [f"T{number}" for number in range(tasks)]
    asked: list[str] = []
    looks = -(-tasks // at_a_time)
    for _ in range(looks):
        turn = whose_turn(running, asked, at_a_time)
        assert len(turn) == min(at_a_time, tasks)
        asked = [*(name for name in asked if name not in turn), *turn]
    assert set(asked) == set(running)
