from __future__ import annotations

from workers.back_off import BACK_OFF_SECONDS, NEEDED_BY_ALL_SECONDS, STEADY_SECONDS, BackOff


def test_what_keeps_ending_waits_longer_each_time() -> None:
    back_off, now, waits = BackOff(), 1000.0, []
    for _ in range(6):
        back_off.begun(now)
        back_off.ended(now + 1)
        waits.append(back_off.due - (now + 1))
        now = back_off.due
    assert waits == [*BACK_OFF_SECONDS[1:], BACK_OFF_SECONDS[-1], BACK_OFF_SECONDS[-1]]


def test_after_a_steady_time_it_is_started_at_once_again() -> None:
    back_off = BackOff(failures=4)
    back_off.begun(0)
    back_off.ended(STEADY_SECONDS + 1)
    assert back_off.due == STEADY_SECONDS + 1 + BACK_OFF_SECONDS[0]


def test_what_could_not_even_be_started_waits_too() -> None:
    back_off = BackOff()
    back_off.failed_to_start(500)
    assert not back_off.is_due(500)
    assert back_off.is_due(500 + BACK_OFF_SECONDS[1])


def test_what_everybody_waits_for_is_not_kept_waiting_longer_than_its_limit() -> None:
    back_off = BackOff(failures=4, longest_seconds=NEEDED_BY_ALL_SECONDS)
    back_off.begun(0)
    back_off.ended(1)
    assert back_off.due == 1 + NEEDED_BY_ALL_SECONDS


def test_what_ends_a_third_time_in_a_row_does_not_stay_until_it_has_been_steady() -> None:
    back_off, seen = BackOff(), []
    for now in (0.0, 10.0, 20.0):
        back_off.begun(now)
        back_off.ended(now + 1)
        seen.append(back_off.does_not_stay(now + 1, runs=False))
    assert seen == [False, False, True]
    back_off.begun(30)
    assert back_off.does_not_stay(30 + STEADY_SECONDS, runs=True)
    assert not back_off.does_not_stay(31 + STEADY_SECONDS, runs=True)
