from __future__ import annotations

import pytest

from planner.graph.cycles import CycleFound
from planner.graph.precedence_graph import UnknownTask
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import DemandAboveCapacity, TaskDemand, build_plan_index
from planner.scheduling.wave_numbers import WaveOrderBroken


def test_tasks_are_ranked_by_class_then_longest_path_then_id() -> None:
    tasks = [
        TaskDemand("SHORT", 1, {}),
        TaskDemand("B", 5, {}),
        TaskDemand("A", 5, {}),
        TaskDemand("LOW", 99, {}, priority="low"),
        TaskDemand("CRITICAL", 0, {}, priority="critical"),
    ]
    index = build_plan_index(tasks, {})
    assert [index.ids[task] for task in index.by_rank] == ["CRITICAL", "A", "B", "SHORT", "LOW"]


def test_paths_that_differ_only_by_rounding_are_equal() -> None:
    tasks = [
        TaskDemand("B", 0.1 + 0.2, {}),
        TaskDemand("A", 0.3, {}),
    ]
    index = build_plan_index(tasks, {})
    assert [index.ids[task] for task in index.by_rank] == ["A", "B"]


def test_tails_are_the_hours_to_the_end_of_the_plan() -> None:
    tasks = [TaskDemand("B", 3, {}, after=("A",)), TaskDemand("A", 2, {})]
    assert build_plan_index(tasks, {}).tails == (3, 5)


def test_a_need_of_nothing_is_no_need() -> None:
    index = build_plan_index([TaskDemand("A", 1, {"db": 0, "pool": 2})], {"db": 1, "pool": 3})
    assert [(index.resource_names[name], units) for name, units in index.demands[0]] == [("pool", 2)]


@pytest.mark.parametrize(
    ("tasks", "error", "message"),
    [
        ([TaskDemand("A", 1, {}, after=("Z",))], UnknownTask, "Z -> A names the task Z"),
        (
            [TaskDemand("A", 1, {}, after=("B",)), TaskDemand("B", 1, {}, after=("A",))],
            CycleFound,
            "A -> B -> A",
        ),
        ([TaskDemand("A", 1, {"db": 2})], DemandAboveCapacity, "A needs 2 of db, of which there are 1"),
        ([TaskDemand("A", 1, {"gpu": 1})], DemandAboveCapacity, "A needs 1 of gpu, of which there are 0"),
        ([TaskDemand("A", 1, {"db": -1})], ValueError, "A needs -1 of db"),
        ([TaskDemand("A", float("nan"), {})], ValueError, "A takes nan hours"),
        ([TaskDemand("A", -1, {})], ValueError, "A takes -1 hours"),
        (
            [TaskDemand("A", 1, {}, wave=2), TaskDemand("B", 1, {}, after=("A",), wave=1)],
            WaveOrderBroken,
            "B stands in wave 1, before wave 2 of A",
        ),
    ],
)
def test_a_plan_that_cannot_run_is_refused_by_name(
    tasks: list[TaskDemand], error: type[ValueError], message: str
) -> None:
    with pytest.raises(error, match=message):
        build_plan_index(tasks, {"db": 1})


def test_a_plan_without_waves_is_cut_by_layers() -> None:
    tasks = [TaskDemand("A", 1, {}), TaskDemand("B", 1, {}, after=("A",)), TaskDemand("C", 1, {})]
    assert build_plan_index(tasks, {}).waves == (1, 2, 1)


def test_a_task_without_a_wave_joins_the_last_of_those_it_depends_on() -> None:
    tasks = [TaskDemand("A", 1, {}, wave=3), TaskDemand("B", 1, {}, after=("A",)), TaskDemand("C", 1, {})]
    assert build_plan_index(tasks, {}).waves == (3, 3, 3)


@pytest.mark.parametrize(
    "wrong", [{"max_concurrent": 0}, {"failure_threshold": 1.5}, {"overtaking": 0}], ids=str
)
def test_limits_under_which_nothing_could_run_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Limits(**wrong)  # type: ignore[arg-type] # the test passes numbers by name
