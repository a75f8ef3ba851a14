"""Which phase comes next, and when a task has had its chances."""

from hypothesis import given
from hypothesis import strategies as st

from planner.scheduling.task_cycle import TaskCycle, attempts_allowed, conflicted, passed, sent_back
from schemas.execution import Feedback

RED = (Feedback(phase="post_test", rule="verify", message="it is red"),)


def test_five_passed_phases_complete_a_task_in_one_charged_attempt() -> None:
    cycle, phases = TaskCycle(allowed=3), []
    while not cycle.ended:
        phases.append(cycle.phase)
        cycle = passed(cycle)
    assert phases == ["pre_test", "develop", "review", "post_test", "land"]
    assert (cycle.outcome, cycle.attempt, cycle.spent) == ("completed", 1, 1)


def test_a_red_phase_begins_the_next_attempt_with_the_feedback() -> None:
    cycle = sent_back(passed(TaskCycle(allowed=3)), RED)
    assert (cycle.phase, cycle.attempt, cycle.spent, cycle.feedback) == ("pre_test", 2, 1, RED)


def test_the_last_allowed_attempt_fails_the_task_and_keeps_all_feedback() -> None:
    cycle = TaskCycle(allowed=2)
    cycle = sent_back(sent_back(cycle, RED), RED)
    assert (cycle.outcome, cycle.spent, len(cycle.feedback)) == ("failed", 2, 2)


def test_what_no_attempt_could_change_fails_at_once() -> None:
    assert sent_back(TaskCycle(allowed=3), RED, fatal=True).outcome == "failed"


def test_the_first_conflict_is_redone_without_being_charged_and_the_second_is_charged() -> None:
    once = conflicted(TaskCycle(allowed=2, phase="land"), RED)
    assert (once.spent, once.attempt, once.phase, once.outcome) == (0, 2, "pre_test", None)
    twice = conflicted(once, RED)
    assert (twice.spent, twice.attempt, twice.outcome) == (1, 3, None)


def test_two_retries_are_the_most_and_a_task_may_ask_for_none() -> None:
    assert attempts_allowed(retry_on_failure=True, max_retries=9) == 3
    assert attempts_allowed(retry_on_failure=True, max_retries=1) == 2
    assert attempts_allowed(retry_on_failure=False, max_retries=2) == 1


@given(st.integers(1, 3), st.lists(st.sampled_from(["pass", "red", "conflict"]), min_size=40, max_size=40))
def test_every_cycle_ends_and_never_charges_more_than_is_allowed(allowed: int, verdicts: list[str]) -> None:
    cycle = TaskCycle(allowed=allowed)
    for verdict in verdicts:
        if cycle.ended:
            break
        if verdict == "pass":
            cycle = passed(cycle)
        elif verdict == "conflict" and cycle.phase == "land":
            cycle = conflicted(cycle, RED)
        else:
            cycle = sent_back(cycle, RED)
        assert cycle.spent <= allowed
        assert cycle.attempt <= allowed + 1
    assert cycle.ended
