from __future__ import annotations

from collections.abc import Sequence

from planner.scheduling.apply_event import apply
from planner.scheduling.barrier import Barrier
from planner.scheduling.decide import decide
from planner.scheduling.events import CancelRequested, Event, RunPaused, TaskFinished, TaskMoved, TimePassed
from planner.scheduling.explain import Explanation, explain
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.run_state import RunState
from planner.scheduling.task_states import TaskState


def explained(
    tasks: Sequence[TaskDemand], task: str, *events: Event, limits: Limits | None = None, **capacities: int
) -> Explanation:
    """Decide, then apply each event and decide again, then ask."""
    index: PlanIndex = build_plan_index(tasks, capacities)
    limits = limits or Limits()
    state = RunState.new(index)
    decide(index, state, limits)
    for event in events:
        limits = apply(index, state, limits, event)
        decide(index, state, limits)
    before = state.dump()
    explanation = explain(index, state, limits, index.number_of(task))
    assert state.dump() == before
    return explanation


def named(*ids: str, hours: float = 1) -> list[TaskDemand]:
    return [TaskDemand(name, hours, {}) for name in ids]


def test_a_blocked_task_names_what_it_waits_for() -> None:
    tasks = [*named("T001", "T004"), TaskDemand("T009", 1, {}, after=("T001", "T004"))]
    answer = explained(tasks, "T009")
    assert answer == Explanation(TaskState.BLOCKED, "waits for T001, T004", ("T001", "T004"))


def test_what_is_completed_is_no_longer_waited_for() -> None:
    tasks = [*named("T001", "T004"), TaskDemand("T009", 1, {}, after=("T001", "T004"))]
    assert explained(tasks, "T009", TaskFinished(0)).reason == "waits for T004"


def test_a_lock_names_its_holder() -> None:
    tasks = [TaskDemand(name, 1, {"database_migrations": 1}) for name in ("T002", "T003")]
    answer = explained(tasks, "T003", database_migrations=1)
    assert answer == Explanation(TaskState.READY, "waits for database_migrations, held by T002", ("T002",))


def test_a_pool_says_how_much_is_missing() -> None:
    tasks = [TaskDemand("T1", 2, {"pool": 2}), TaskDemand("T2", 1, {"pool": 2})]
    assert explained(tasks, "T2", pool=3).reason == "waits for pool (needs 2 of 3, 1 free), held by T1"


def test_units_kept_for_a_task_that_waited_too_long_name_it() -> None:
    tasks = [
        TaskDemand("LARGE", 1, {"pool": 2}),
        TaskDemand("A", 9, {"pool": 1}),
        TaskDemand("B1", 8, {"pool": 1}),
        TaskDemand("B2", 7, {"pool": 1}, after=("B1",)),
        TaskDemand("B3", 6, {"pool": 1}, after=("B2",)),
    ]
    limits = Limits(overtaking=1)
    answer = explained(tasks, "B3", TaskFinished(2), TaskFinished(3), limits=limits, pool=2)
    assert answer.reason == "waits for pool (needs 1 of 2, 1 free), kept for LARGE"
    assert answer.waiting_for == ("LARGE",)


def test_full_slots_are_counted() -> None:
    tasks = named(*(f"T{n:02}" for n in range(11)))
    assert explained(tasks, "T10").reason == "10 of 10 tasks are running"


def test_a_wave_that_lasts_names_who_keeps_it_open() -> None:
    tasks = [TaskDemand("T003", 1, {}, wave=2), TaskDemand("T004", 1, {}, wave=3)]
    answer = explained(tasks, "T004", limits=Limits(model="wave_based"))
    assert answer == Explanation(
        TaskState.READY, "wave 2 has not ended: 0 of 1 tasks have, all must; T003 runs", ("T003",)
    )


def test_a_wave_with_a_quorum_says_how_many_have_ended_and_how_many_must() -> None:
    tasks = [TaskDemand(f"T{n:02}", 20 - n, {}, wave=1) for n in range(20)]
    tasks.append(TaskDemand("LAST", 1, {}, wave=2))
    ends = [TaskFinished(n) for n in range(17)]
    limits = Limits(20, "wave_based", barrier=Barrier(0.95))
    answer = explained(tasks, "LAST", *ends, limits=limits)
    assert answer.reason == "wave 1 has not ended: 17 of 20 tasks have, 19 must; T17, T18, T19 run"
    assert (
        explained(tasks, "LAST", *ends, TaskFinished(17), TaskFinished(19), limits=limits).state == "running"
    )


def test_a_wave_whose_time_is_up_no_longer_names_its_optional_tasks() -> None:
    tasks = [TaskDemand(name, 1, {}, wave=1, optional=name == "MAY") for name in ("MAY", "MUST")]
    tasks.append(TaskDemand("LAST", 1, {}, wave=2))
    limits = Limits(model="wave_based", barrier=Barrier(timeout=2))
    answer = explained(tasks, "LAST", TimePassed(2), limits=limits)
    assert answer.reason == (
        "wave 1 has not ended: 0 of 2 tasks have, all must, optional ones no longer; MUST runs"
    )
    assert answer.waiting_for == ("MUST",)


def test_a_failed_dependency_is_named_however_far_away_it_is() -> None:
    tasks = [
        *named("T001"),
        TaskDemand("T002", 1, {}, after=("T001",)),
        TaskDemand("T003", 1, {}, after=("T002",)),
    ]
    answer = explained(tasks, "T003", TaskFinished(0, "failed"))
    assert answer == Explanation(TaskState.BLOCKED, "failed dependency T001", ("T001",))


def test_the_reason_of_a_pause_is_repeated() -> None:
    tasks = [*named("T001"), TaskDemand("T002", 1, {}, after=("T001",))]
    answer = explained(tasks, "T002", RunPaused("the budget is spent"), TaskFinished(0))
    assert answer.reason == "the run is paused: the budget is spent"


def test_a_run_that_is_being_cancelled_says_so() -> None:
    tasks = [*named("T001"), TaskDemand("T002", 1, {}, after=("T001",))]
    assert explained(tasks, "T002", CancelRequested(), TaskFinished(0)).reason == "the run is being cancelled"


def test_too_many_failures_say_how_many() -> None:
    limits = Limits(1, failure_threshold=0.3)
    answer = explained(named("T1", "T2"), "T2", TaskFinished(0, "failed"), limits=limits)
    assert answer.reason == (
        "nothing more is started: 1 of 2 tasks failed, more than the failure threshold 0.3 allows"
    )


def test_what_has_ended_and_what_goes_on_says_how() -> None:
    tasks = named("T1")
    assert explained(tasks, "T1").reason == "is running, start 1"
    assert explained(tasks, "T1", TaskMoved(0, TaskState.PAUSED)).reason == "is paused, start 1"
    assert explained(tasks, "T1", TaskFinished(0)).reason == "completed"
    assert explained(tasks, "T1", TaskFinished(0, "failed")).reason == "failed"
    assert explained(tasks, "T1", TaskFinished(0, "skipped")).reason == "was skipped"
    assert explained(tasks, "T1", TaskFinished(0, "cancelled")).reason == "was cancelled"


def test_a_long_list_is_cut() -> None:
    ids = [f"T{n}" for n in range(8)]
    tasks = [*named(*ids), TaskDemand("LAST", 1, {}, after=tuple(ids))]
    assert explained(tasks, "LAST").reason == "waits for T0, T1, T2, T3, T4 and 3 more"
