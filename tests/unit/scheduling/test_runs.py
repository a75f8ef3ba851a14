"""Whatever happens to a run: these hold after every event."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.task_states import TaskState
from tests.unit.scheduling.random_plans import BARRIERS, OWN_BARRIERS, ordered_plans, plans, waved_plans
from tests.unit.scheduling.scripted_run import ScriptedRun

SCRIPTS = st.lists(st.integers(0, 16 * 12 - 1), max_size=40)
LIMITS = st.builds(
    Limits,
    max_concurrent=st.integers(1, 5),
    model=st.sampled_from(["rolling_frontier", "wave_based"]),
    overtaking=st.sampled_from([1, 2, 64]),
    window=st.sampled_from([None, 0, 2, 5]),
    barrier=BARRIERS,
    own_barriers=OWN_BARRIERS,
)
PLANS = st.one_of(plans(), ordered_plans(), waved_plans())


@given(PLANS, SCRIPTS, LIMITS)
@settings(max_examples=300, deadline=None)
def test_no_story_breaks_precedence_or_capacity_and_every_story_ends(
    index: PlanIndex, script: list[int], limits: Limits
) -> None:
    assert ScriptedRun(index, limits).play(script) is not None


@given(PLANS, SCRIPTS, LIMITS)
@settings(max_examples=200, deadline=None)
def test_saving_and_loading_at_every_step_changes_nothing(
    index: PlanIndex, script: list[int], limits: Limits
) -> None:
    plain = ScriptedRun(index, limits)
    plain.play(script)
    reloaded = ScriptedRun(index, limits, reload=True)
    reloaded.play(script)
    assert reloaded.trace == plain.trace


@given(PLANS, SCRIPTS, LIMITS)
@settings(max_examples=200, deadline=None)
def test_the_outcome_is_succeeded_exactly_when_all_required_tasks_are_completed_or_skipped(
    index: PlanIndex, script: list[int], limits: Limits
) -> None:
    run = ScriptedRun(index, limits)
    outcome = run.play(script)
    required = [task for task, optional in enumerate(index.optional) if not optional]
    good = all(run.state.state_of(t) is TaskState.COMPLETED or t in run.state.skipped for t in required)
    assert outcome == ("succeeded" if good else "failed")


def test_a_task_that_waited_for_its_wave_comes_last_whether_the_run_was_saved_or_not() -> None:
    tasks = [
        TaskDemand(name, 0, {}, after=("A",) if wave == 2 else (), wave=wave)
        for name, wave in (("A", 1), ("B", 1), ("D", 1), ("C", 2), ("E", 2), ("F", 2))
    ]
    index, limits = build_plan_index(tasks, {}), Limits(1, "wave_based", overtaking=2)
    runs = [ScriptedRun(index, limits, reload=reload) for reload in (False, True)]
    for run in runs:
        run.play([])
    assert runs[0].trace == runs[1].trace
