from __future__ import annotations

import pytest

from planner.scheduling.apply_event import apply
from planner.scheduling.barrier import Barrier
from planner.scheduling.decide import Decisions, decide
from planner.scheduling.events import (
    CancelRequested,
    Event,
    LimitsChanged,
    RunContinued,
    RunPaused,
    TaskFinished,
    TaskMoved,
    TaskRetried,
    TimePassed,
)
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import TaskDemand, build_plan_index
from planner.scheduling.run_state import DumpRefused, RunState
from planner.scheduling.task_states import TaskState, TransitionRefused

FORK = build_plan_index(
    [
        TaskDemand("ROOT", 1, {}),
        TaskDemand("LEFT", 1, {}, after=("ROOT",)),
        TaskDemand("RIGHT", 1, {}, after=("ROOT",)),
        TaskDemand("END", 1, {}, after=("LEFT", "RIGHT")),
    ],
    {},
)
ROOT, LEFT, RIGHT, END = range(4)


class Run:
    def __init__(self, limits: Limits | None = None, completed: tuple[int, ...] = ()) -> None:
        self.limits = limits or Limits()
        self.state = RunState.new(FORK, completed)
        self.last = decide(FORK, self.state, self.limits)

    def hear(self, event: Event) -> Decisions:
        self.limits = apply(FORK, self.state, self.limits, event)
        self.last = decide(FORK, self.state, self.limits)
        return self.last


def test_completing_a_task_starts_its_dependants_and_the_last_one_ends_the_run() -> None:
    run = Run()
    assert run.last.starts == (ROOT,)
    assert run.hear(TaskFinished(ROOT)).starts == (LEFT, RIGHT)
    assert run.hear(TaskFinished(LEFT)).starts == ()
    assert run.hear(TaskFinished(RIGHT)).starts == (END,)
    assert run.hear(TaskFinished(END)) == Decisions((), finished=True, outcome="succeeded")


def test_a_run_that_resumes_does_not_repeat_what_is_completed() -> None:
    assert Run(completed=(ROOT, LEFT)).last.starts == (RIGHT,)
    assert Run(completed=(ROOT, LEFT, RIGHT, END)).last.outcome == "succeeded"


def test_a_failed_task_keeps_its_dependants_blocked_and_others_go_on() -> None:
    run = Run(completed=(ROOT,))
    assert not run.hear(TaskFinished(LEFT, "failed")).finished
    assert run.hear(TaskFinished(RIGHT)) == Decisions((), finished=True, outcome="failed")
    assert run.state.state_of(END) is TaskState.BLOCKED


def test_retrying_a_failed_task_lets_its_dependants_go_on() -> None:
    run = Run(completed=(ROOT,))
    run.hear(TaskFinished(LEFT, "failed"))
    run.hear(TaskFinished(RIGHT))
    assert run.hear(TaskRetried(LEFT)).starts == (LEFT,)
    assert run.state.attempts[LEFT] == 2
    assert run.hear(TaskFinished(LEFT)).starts == (END,)
    assert run.hear(TaskFinished(END)).outcome == "succeeded"


def test_a_dependant_behind_two_failures_stays_blocked_until_both_are_retried() -> None:
    run = Run(completed=(ROOT,))
    run.hear(TaskFinished(LEFT, "failed"))
    run.hear(TaskFinished(RIGHT, "failed"))
    run.hear(TaskRetried(LEFT))
    assert run.state.stuck[END]
    run.hear(TaskRetried(RIGHT))
    assert not run.state.stuck[END]


def test_skipping_a_failed_task_unblocks_its_dependants_and_the_run_succeeds() -> None:
    run = Run()
    assert run.hear(TaskFinished(ROOT, "failed")).outcome == "failed"
    assert run.hear(TaskFinished(ROOT, "skipped")).starts == (LEFT, RIGHT)
    run.hear(TaskFinished(LEFT, "skipped"))
    assert run.hear(TaskFinished(RIGHT)).starts == (END,)
    assert run.hear(TaskFinished(END)).outcome == "succeeded"


def test_skipping_a_task_that_has_not_started_leaves_the_rest_in_order() -> None:
    run = Run()
    run.hear(TaskFinished(LEFT, "skipped"))
    assert run.hear(TaskFinished(ROOT)).starts == (RIGHT,)
    assert run.hear(TaskFinished(RIGHT)).starts == (END,)


def test_skipping_the_best_of_those_who_wait_for_a_lock_lets_the_next_one_have_it() -> None:
    tasks = [TaskDemand(name, hours, {"lock": 1}) for name, hours in (("A", 3), ("B", 2), ("C", 1))]
    index, limits = build_plan_index(tasks, {"lock": 1}), Limits()
    state = RunState.new(index)
    assert decide(index, state, limits).starts == (0,)
    apply(index, state, limits, TaskFinished(1, "skipped"))
    apply(index, state, limits, TaskFinished(0))
    assert decide(index, state, limits).starts == (2,)


def test_a_retried_task_of_an_earlier_wave_comes_before_the_rest_of_the_later_one() -> None:
    tasks = [TaskDemand("A", 1, {}, wave=1), TaskDemand("B", 2, {}, wave=2), TaskDemand("C", 1, {}, wave=2)]
    index, limits = build_plan_index(tasks, {}), Limits(2, "wave_based")
    state = RunState.new(index)
    decide(index, state, limits)
    apply(index, state, limits, TaskFinished(0, "failed"))
    limits = apply(index, state, limits, LimitsChanged(Limits(1, "wave_based")))
    assert decide(index, state, limits).starts == (1,)
    apply(index, state, limits, TaskRetried(0))
    limits = apply(index, state, limits, LimitsChanged(Limits(9, "wave_based")))
    assert decide(index, state, limits).starts == (0,)
    apply(index, state, limits, TaskFinished(0))
    assert decide(index, state, limits).starts == (2,)


def test_a_wave_of_which_an_optional_task_is_retried_opens_the_next_one_when_its_time_is_up() -> None:
    tasks = [TaskDemand(name, 1, {}, wave=1, optional=name == "MAY") for name in ("MAY", "MUST")]
    index = build_plan_index([*tasks, TaskDemand("NEXT", 1, {}, wave=2)], {})
    limits = Limits(model="wave_based", barrier=Barrier(timeout=2))
    state = RunState.new(index)
    assert decide(index, state, limits).next_timeout is None  # MUST holds the next wave back as well
    for event in (TimePassed(1), TaskFinished(0, "failed"), TaskRetried(0), TaskFinished(1)):
        apply(index, state, limits, event)
    assert decide(index, state, limits) == Decisions((0,), finished=False, outcome=None, next_timeout=2)
    apply(index, state, limits, TimePassed(2))
    assert decide(index, state, limits) == Decisions((2,), finished=False, outcome=None)


def test_a_required_task_that_is_retried_closes_the_wave_again_for_who_has_not_started() -> None:
    tasks = [TaskDemand(name, 1, {}, wave=1) for name in ("A", "B")]
    index = build_plan_index([*tasks, *(TaskDemand(name, 1, {}, wave=2) for name in "CDE")], {})
    limits = Limits(2, "wave_based", barrier=Barrier(0.5))
    state = RunState.new(index)
    decide(index, state, limits)
    apply(index, state, limits, TaskFinished(0, "failed"))
    assert decide(index, state, limits).starts == (2,)
    apply(index, state, limits, TaskRetried(0))
    apply(index, state, limits, TaskFinished(2))
    assert decide(index, state, limits).starts == (0,)
    apply(index, state, limits, TaskFinished(0))
    assert decide(index, state, limits).starts == (3,)


def test_a_cancelled_task_is_failed_but_not_counted_as_a_failure() -> None:
    run = Run(Limits(failure_threshold=0.0), completed=(ROOT,))
    run.hear(TaskFinished(LEFT, "cancelled"))
    assert run.state.state_of(LEFT) is TaskState.FAILED
    assert run.hear(TaskRetried(LEFT)).starts == (LEFT,)


def test_more_failures_than_the_threshold_start_nothing_until_it_is_raised() -> None:
    run = Run(Limits(1, failure_threshold=0.2), completed=(ROOT,))
    assert run.hear(TaskFinished(LEFT, "failed")) == Decisions((), finished=True, outcome="failed")
    assert run.hear(LimitsChanged(Limits(1))).starts == (RIGHT,)


def test_a_paused_run_starts_nothing_and_does_not_end() -> None:
    run = Run()
    run.hear(RunPaused("lunch"))
    assert run.hear(TaskFinished(ROOT)) == Decisions((), finished=False, outcome=None)
    assert run.hear(RunContinued()).starts == (LEFT, RIGHT)


def test_a_cancelled_run_ends_when_the_active_tasks_have() -> None:
    run = Run()
    assert not run.hear(CancelRequested()).finished
    assert run.hear(TaskFinished(ROOT, "cancelled")) == Decisions((), finished=True, outcome="cancelled")


def test_a_run_whose_tasks_all_completed_has_succeeded_even_if_it_was_cancelled() -> None:
    run = Run(completed=(ROOT, LEFT, RIGHT))
    run.hear(CancelRequested())
    assert run.hear(TaskFinished(END)).outcome == "succeeded"


def test_higher_limits_start_more_at_once() -> None:
    run = Run(Limits(1), completed=(ROOT,))
    assert run.last.starts == (LEFT,)
    assert run.hear(LimitsChanged(Limits(2))).starts == (RIGHT,)


def test_a_task_reports_its_way_through_the_active_states() -> None:
    run = Run()
    run.hear(TaskMoved(ROOT, TaskState.QUEUED))
    run.hear(TaskMoved(ROOT, TaskState.PAUSED))
    assert run.state.state_of(ROOT) is TaskState.PAUSED
    assert run.hear(TaskFinished(ROOT)).starts == (LEFT, RIGHT)


def test_a_failed_task_that_was_rolled_back_can_be_retried() -> None:
    run = Run()
    run.hear(TaskFinished(ROOT, "failed"))
    run.hear(TaskMoved(ROOT, TaskState.ROLLED_BACK))
    assert run.state.stuck[END]
    assert run.hear(TaskRetried(ROOT)).starts == (ROOT,)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (TaskFinished(END), "END is blocked: only an active task can be completed"),
        (TaskRetried(LEFT), "LEFT is blocked: only a failed task"),
        (TaskMoved(END, TaskState.RUNNING), "END is blocked and cannot be reported as running"),
        (TaskMoved(ROOT, TaskState.COMPLETED), "ROOT is running and cannot be reported as completed"),
        (TaskMoved(ROOT, TaskState.RUNNING), "ROOT is running and cannot be reported as running"),
    ],
)
def test_an_event_that_does_not_fit_is_refused_and_changes_nothing(event: Event, message: str) -> None:
    run = Run()
    before = run.state.dump()
    with pytest.raises(TransitionRefused, match=message):
        run.hear(event)
    assert run.state.dump() == before


def test_a_skipped_task_is_neither_skipped_again_nor_retried() -> None:
    run = Run()
    run.hear(TaskFinished(ROOT, "skipped"))
    for event in (TaskFinished(ROOT, "skipped"), TaskRetried(ROOT)):
        with pytest.raises(TransitionRefused, match="skipped"):
            run.hear(event)


def test_a_saved_state_of_another_plan_is_refused() -> None:
    other = build_plan_index([TaskDemand("ONLY", 1, {})], {})
    with pytest.raises(DumpRefused, match=r"4 tasks.*1 tasks"):
        RunState.load(other, RunState.new(FORK).dump())


def test_a_wave_that_failed_half_way_lets_the_next_one_begin() -> None:
    tasks = [
        TaskDemand("A", 1, {}, wave=1),
        TaskDemand("B", 1, {}, wave=2, after=("A",)),
        TaskDemand("C", 1, {}, wave=2),
        TaskDemand("D", 1, {}, wave=3),
    ]
    index = build_plan_index(tasks, {})
    limits = Limits(model="wave_based")
    state = RunState.new(index)
    assert decide(index, state, limits).starts == (0,)
    apply(index, state, limits, TaskFinished(0, "failed"))
    assert decide(index, state, limits).starts == (2,)
    apply(index, state, limits, TaskFinished(2))
    assert decide(index, state, limits).starts == (3,)
