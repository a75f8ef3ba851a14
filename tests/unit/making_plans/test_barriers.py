"""What lies between the waves of a plan: in its files, its forecast, its documents and its execution."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.make_plan import make_plan
from planner.outline_limits import outline_limits
from planner.plan_outline import outline_of
from planner.scheduling.simulate import simulate
from planner.storage.plan_folder import FolderFacts, read_plan_folder, write_plan_folder
from schemas.execution import WaveBarrier as OutlinedBarrier
from schemas.plan import Plan
from schemas.settings import PlanSettings, Settings
from schemas.tasks import ThreePointEstimate
from schemas.waves import WaveBarrier, WaveEstimates
from tests.unit.making_plans.drafts import TIMESTAMP, TITLES, dependency, draft_of, task
from tests.unit.making_plans.executed_plan import executed
from workflows.plan_progress import plan_index

WIDE = 30


def plan_of(width: int = WIDE, *, optional: int = 0, **settings: object) -> Plan:
    """Equal tasks side by side, the last of them optional, and one task after the first of them."""
    side_by_side = [
        task(
            1,
            TITLES[number % 3],
            id=f"W{number:02}",
            title=f"{TITLES[number % 3]} {number}",
            duration=ThreePointEstimate(optimistic=4, mostLikely=6, pessimistic=10),
            optional=number >= width - optional,
        )
        for number in range(width)
    ]
    after = dependency(1, 2).model_copy(update={"from_": "W00", "to": "Z"})
    quick = PlanSettings.model_validate({"forecast_draws": 300, "max_concurrent": width, **settings})
    draft = draft_of(*side_by_side, task(2, TITLES[3], id="Z"), dependencies=(after,))
    return make_plan(draft, Settings(plan=quick), TIMESTAMP)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of()


def barrier_of(plan: Plan) -> WaveBarrier:
    barrier = plan.waves.execution_models.wave_based.waves[0].barrier
    assert barrier is not None
    return barrier


def estimates_of(plan: Plan) -> WaveEstimates:
    estimates = plan.waves.execution_models.wave_based.waves[0].estimates
    assert estimates is not None
    return estimates


def second_wave(plan: Plan, hours: list[float]) -> float:
    """When the task of the second wave starts, if the plan is executed in waves."""
    schedule = executed(plan, hours, "wave_based")
    outline = outline_of(plan, "wave_based")
    index = plan_index(outline)
    assert schedule == simulate(index, hours, outline_limits(outline))
    return schedule.starts[index.number_of("Z")]


def test_a_large_wave_has_a_quorum_and_the_last_one_no_barrier(plan: Plan) -> None:
    waved = plan.waves.execution_models.wave_based
    assert waved.config.barrier.as_json() == {"kind": "quorum", "quorum": 0.95}
    assert barrier_of(plan).as_json() == {"kind": "quorum", "quorum": 0.95, "gateId": "W1→W2-q95"}
    assert waved.waves[-1].barrier is None


def test_a_wave_too_small_for_the_quorum_keeps_its_full_barrier() -> None:
    small = plan_of(19, wave_timeout_minutes=120)
    assert barrier_of(small).as_json() == {
        "kind": "full",
        "quorum": 1.0,
        "timeoutMinutes": 120,
        "fallback": "deferOptional",
        "gateId": "W1→W2",
    }
    assert outline_of(plan_of(3), "wave_based").barriers == ()


def test_a_quorum_of_all_is_a_full_barrier_and_needs_no_word() -> None:
    full = plan_of(wave_quorum=1.0)
    assert barrier_of(full).as_json() == {"kind": "full", "quorum": 1.0, "gateId": "W1→W2"}
    assert full.waves.execution_models.wave_based.config.barrier.kind == "full"
    assert "A wave begins" not in full.plan_document
    assert "each begins when the one before has ended" in full.decisions_document


def test_the_documents_say_what_the_barrier_is(plan: Plan) -> None:
    assert "- A wave begins when 95 % of the tasks of the one before have ended\n" in plan.plan_document
    assert "2 waves; each begins when 95 % of the tasks" in plan.decisions_document
    words = "have ended, and its optional ones hold nothing back after 90 minutes"
    assert words in plan_of(wave_timeout_minutes=90).plan_document


def test_a_wave_of_30_lasts_less_with_a_quorum_of_95_percent(plan: Plan) -> None:
    independent = plan_of(correlation=0.0), plan_of(correlation=0.0, wave_quorum=1.0)
    assert [estimates_of(found).p50Hours for found in independent] == pytest.approx([8.23, 8.64], abs=0.1)
    for quorum, full in (independent, (plan, plan_of(wave_quorum=1.0))):
        some, every = estimates_of(quorum), estimates_of(full)
        assert some.p50Hours < every.p50Hours
        assert some.p80Hours < every.p80Hours
        assert some.p95Hours < every.p95Hours


def test_the_second_wave_begins_when_29_of_30_have_ended_whoever_asks(plan: Plan) -> None:
    hours = [*(float(number) for number in range(1, WIDE + 1)), 1.0]
    assert second_wave(plan, hours) == 29
    assert second_wave(plan_of(wave_quorum=0.5), hours) == 15
    assert second_wave(plan_of(wave_quorum=1.0), hours) == 30


def test_the_plan_decides_and_survives_its_folder(plan: Plan, tmp_path: Path) -> None:
    write_plan_folder(plan, tmp_path / "plan", FolderFacts("document", TIMESTAMP, "0"))
    outline = outline_of(read_plan_folder(tmp_path / "plan"), "wave_based")
    assert outline.barriers == (OutlinedBarrier(wave=1, quorum=0.95),)
    assert outline_of(plan).barriers == ()  # the frontier has no use for them


def test_after_its_time_a_wave_does_not_wait_for_optional_tasks() -> None:
    patient, hurried = plan_of(3, optional=1), plan_of(3, optional=1, wave_timeout_minutes=150)
    hours = [1.0, 2.0, 9.0, 1.0]
    assert second_wave(patient, hours) == 9
    assert second_wave(hurried, hours) == 2.5
    assert second_wave(hurried, [1.0, 4.0, 9.0, 1.0]) == 4
    assert second_wave(hurried, [1.0, 2.0, 2.2, 1.0]) == 2.2
    assert estimates_of(hurried).p50Hours < estimates_of(patient).p50Hours


def test_a_fallback_that_is_not_known_defers_nothing() -> None:
    hurried = plan_of(3, optional=1, wave_timeout_minutes=150)
    waves = hurried.waves.as_json()
    waves["execution_models"]["wave_based"]["waves"][0]["barrier"]["fallback"] = "askSomebody"
    foreign = hurried.waves.model_validate(waves)
    assert outline_of(replace(hurried, waves=foreign), "wave_based").barriers == ()
