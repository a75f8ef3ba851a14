"""The ready tasks of a group: the best rank first, and now and then the one that waits longest."""

from __future__ import annotations

from planner.scheduling.plan_index import TaskDemand, build_plan_index
from planner.scheduling.ready_tasks import ReadyTasks


def test_a_task_that_left_and_came_back_has_not_waited_since_it_first_arrived() -> None:
    index = build_plan_index([TaskDemand(id=name, hours=1, resources={}) for name in ("A", "B", "C")], {})
    ready = ReadyTasks(index)
    for task in (0, 1, 2):
        ready.add(task)
    ready.remove(0)
    ready.add(0)
    assert ready.of_group(0) == [1, 2, 0]
    ready.served[0] = 1
    assert ready.next_task(0, overtaking=2) == 1
    ready.served[0] = 0
    assert ready.next_task(0, overtaking=2) == 0
