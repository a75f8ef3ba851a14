from __future__ import annotations

from planner.scheduling.task_states import ACTIVE, LETTERS, STATES, TRANSITIONS, TaskState


def test_the_states_are_the_ten_of_the_seed() -> None:
    assert [str(state) for state in STATES] == [
        "blocked",
        "ready",
        "queued",
        "assigned",
        "running",
        "paused",
        "checkpointed",
        "completed",
        "failed",
        "rolled_back",
    ]


def test_every_state_has_a_row_a_code_and_a_letter_of_its_own() -> None:
    assert set(TRANSITIONS) == set(STATES)
    assert [state.code for state in STATES] == list(range(10))
    assert len(set(LETTERS)) == 10


def test_every_state_can_be_reached_and_completed_is_final() -> None:
    reached = set().union(*TRANSITIONS.values())
    assert reached == set(STATES) - {TaskState.BLOCKED}
    assert not TRANSITIONS[TaskState.COMPLETED]
    assert all(TaskState.COMPLETED in TRANSITIONS[state] for state in ACTIVE)
