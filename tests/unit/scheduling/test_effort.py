"""A decision does not grow with the number of tasks that wait; counted in looks, since clocks lie."""

from __future__ import annotations

import pytest

from planner.scheduling.group_places import GroupPlaces, Place
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.run_state import RunState
from planner.scheduling.simulate import simulate


def looks_taken(index: PlanIndex, monkeypatch: pytest.MonkeyPatch) -> int:
    looks = 0
    pop = GroupPlaces.pop

    def counted(self: GroupPlaces, place: Place) -> int:
        nonlocal looks
        looks += 1
        return pop(self, place)

    with monkeypatch.context() as patch:
        patch.setattr(GroupPlaces, "pop", counted)
        simulate(index, index.durations, Limits(10, overtaking=10**9))
    return looks


@pytest.mark.parametrize("count", [200, 2000])
def test_a_thousand_tasks_behind_one_lock_cost_a_few_looks_each(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every need is different, so that no two tasks share a group: the worst case.
    tasks = [TaskDemand(f"T{n:05}", 1 + n / 7, {"lock": 1, "memory": n + 1}) for n in range(count)]
    index = build_plan_index(tasks, {"lock": 1, "memory": count})
    assert looks_taken(index, monkeypatch) <= 4 * count


def test_the_saved_state_of_ten_thousand_tasks_fits_a_payload() -> None:
    tasks = [
        TaskDemand(f"T{n:05}", 1, {}, after=(f"T{n - 100:05}",) if n >= 100 else ()) for n in range(10_000)
    ]
    index = build_plan_index(tasks, {})
    assert len(repr(RunState.new(index).dump())) < 60_000
