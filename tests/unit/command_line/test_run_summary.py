"""A run in words: what is shown when there is not room for everything, and what to type next."""

from __future__ import annotations

import pytest

from schemas.execution import Explanation, Feedback, Progress, RunResult, RunStatus, TaskResult, TaskStatus
from tasks_cli.run_summary import explanation_text, live_text, result_text, status_text


def status(*states: str, notes: tuple[str, ...] = ()) -> RunStatus:
    tasks = tuple(
        TaskStatus(id=f"T{number}", title="Do it", state=state) for number, state in enumerate(states, 1)
    )
    progress = Progress(completed=states.count("completed"), total=len(states))
    return RunStatus(
        run_id="r", state="running", branch="feature/x", progress=progress, tasks=tasks, notes=notes
    )


def test_a_board_that_has_room_shows_every_task() -> None:
    board = live_text(status("completed", "running", "blocked"), height=20)
    assert [line.split()[0] for line in board.splitlines()] == ["r:", "T1", "T2", "T3"]
    assert board == status_text(status("completed", "running", "blocked"))


def test_a_small_board_shows_what_is_at_work_and_counts_the_rest() -> None:
    states = ["completed"] * 30 + ["failed", "running"] + ["blocked"] * 30
    board = live_text(status(*states, notes=("a", "b", "c", "d")), height=10)
    assert len(board.splitlines()) == 10
    assert "T31 " in board
    assert "T32 " in board
    assert "and 57 more: 27 blocked, 30 completed" in board
    assert "note: a" not in board


@pytest.mark.parametrize("state", ["succeeded", "failed"])
def test_an_ended_run_took_its_time(state: str) -> None:
    ended = status("completed").model_copy(update={"state": state, "seconds": 3.0})
    assert "took 3 s" in status_text(ended)
    assert "so far" not in status_text(ended)


def test_a_paused_run_says_once_why_and_what_to_type() -> None:
    why = "blind check `make test`: it stayed green; mend it"
    paused = status(
        "ready", "ready", notes=("blind check `make test`: it stayed green", "another", "another")
    )
    tasks = tuple(task.model_copy(update={"reason": f"the run is paused: {why}"}) for task in paused.tasks)
    shown = status_text(paused.model_copy(update={"state": "paused", "reason": why, "tasks": tasks}))
    assert shown.count("blind check") == 1
    assert shown.count("  the run is paused") == 2
    assert shown.count("note: another") == 1
    assert "tasks continue r " in shown
    assert "tasks continue" not in status_text(paused)


def test_an_explanation_says_nothing_twice_and_shows_what_the_command_printed() -> None:
    feedback = Feedback(
        phase="post_test", rule="command", message="it failed", excerpt="a\nAssertionError: 4"
    )
    text = explanation_text(
        Explanation(
            task_id="T", state="failed", reason="post_test · command: it failed", feedback=(feedback,)
        )
    )
    assert text.splitlines() == [
        "T is failed: post_test · command: it failed",
        "    a",
        "    AssertionError: 4",
    ]
    done = Explanation(task_id="T", state="completed", reason="completed")
    assert explanation_text(done) == "T is completed"


def test_a_failed_run_ends_with_commands_that_name_the_failed_task() -> None:
    task = TaskResult(
        task_id="T2",
        outcome="failed",
        attempts=1,
        feedback=(Feedback(phase="develop", rule="emptiness", message="nothing was changed"),),
    )
    result = RunResult(
        run_id="r", state="failed", branch="feature/x", completed=1, total=2, seconds=1, tasks=(task,)
    )
    text = result_text(result, None, "your branch")
    assert "T2 failed after 1 attempt: emptiness: nothing was changed" in text
    for command in ("tasks explain r T2", "tasks logs r T2", "tasks resume r", "--resume --run-id r"):
        assert command in text


def test_a_rehearsal_offers_no_merge_of_its_empty_commits() -> None:
    done = RunResult(run_id="r", state="succeeded", branch="rehearsal/x", completed=2, total=2, seconds=1)
    assert "git merge rehearsal/x" in result_text(done, None, "your branch")
    text = result_text(done.model_copy(update={"rehearsal": True}), None, "your branch")
    assert "nothing was done, and the commits are empty" in text
    assert "git branch -D rehearsal/x" in text
    assert "merge" not in text
