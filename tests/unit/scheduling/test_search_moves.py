"""What the search is made of: whatever it is given, a schedule stays possible and never gets longer."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.forecasting.evolve import as_schedule
from planner.scheduling.check_schedule import check
from planner.scheduling.crossed_order import crossed_at, crossed_within, order_by
from planner.scheduling.frontier_schedule import frontier_schedule, sampled_frontier
from planner.scheduling.justification import double_justified, never_longer
from planner.scheduling.limits import Limits
from planner.scheduling.packed_problem import PackedProblem, pack_problem
from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index
from planner.scheduling.serial_schedule import Placed, serial_schedule
from planner.scheduling.simulate import simulate
from tests.unit.scheduling.random_plans import CAPACITIES, demand_lists, plans

SLOTS = st.integers(1, 6)
RANDOM = st.randoms(use_true_random=False)


@st.composite
def plans_of_fractions(draw: st.DrawFn) -> PlanIndex:
    """The same plans with hours such as 1/3, whose sums are rounded."""
    parts = draw(st.sampled_from([3, 7, 10]))
    tasks = [
        TaskDemand(task.id, task.hours / parts, task.resources, task.after) for task in draw(demand_lists())
    ]
    return build_plan_index(tasks, CAPACITIES)


def drawn(problem: PackedProblem, random: Random) -> Placed:
    priorities = [-tail for tail in problem.tails]
    return sampled_frontier(problem, priorities, random.random, 0.5)


@given(st.one_of(plans(), plans_of_fractions()), SLOTS, RANDOM)
@settings(max_examples=150, deadline=None)
def test_every_schedule_of_every_method_passes_the_independent_check(
    index: PlanIndex, slots: int, random: Random
) -> None:
    limits = Limits(slots)
    problem = pack_problem(index, limits)
    one, other = drawn(problem, random), drawn(problem, random)
    begin, end = sorted((random.random() * one.makespan, random.random() * one.makespan))
    for placed in (
        one,
        frontier_schedule(problem, [random.random() for _ in index.ids]),
        double_justified(problem, one),
        never_longer(problem, other),
        serial_schedule(problem, crossed_at(problem, one.starts, other.starts, begin)),
        serial_schedule(problem, crossed_within(problem, one.starts, other.starts, begin, end)),
        serial_schedule(problem, order_by(problem, [random.random() for _ in index.ids])),
    ):
        assert check(index, as_schedule(placed), limits) == ()
        assert placed.makespan >= problem.bound - 1e-9


@given(plans(), SLOTS, RANDOM)
@settings(max_examples=150, deadline=None)
def test_justification_never_lengthens_a_schedule_of_whole_hours(
    index: PlanIndex, slots: int, random: Random
) -> None:
    problem = pack_problem(index, Limits(slots))
    placed = drawn(problem, random)
    assert double_justified(problem, placed).makespan <= placed.makespan


@given(plans_of_fractions(), SLOTS, RANDOM)
@settings(max_examples=150, deadline=None)
def test_no_rounding_makes_a_justified_schedule_longer(index: PlanIndex, slots: int, random: Random) -> None:
    problem = pack_problem(index, Limits(slots))
    placed = drawn(problem, random)
    assert never_longer(problem, placed).makespan <= placed.makespan


@given(plans(), SLOTS)
@settings(max_examples=150, deadline=None)
def test_the_quick_frontier_is_the_executing_one_when_nobody_is_overtaken_too_often(
    index: PlanIndex, slots: int
) -> None:
    # Both go by rank; a task of no duration ends before the next decision in one and after it in the other.
    if min(index.durations) > 0:
        limits = Limits(slots, overtaking=10**9)
        placed = frontier_schedule(pack_problem(index, limits), index.ranks)
        assert as_schedule(placed).starts == simulate(index, index.durations, limits).starts


def test_a_loose_schedule_is_pushed_together() -> None:
    # Z is long and starts late; pushed to the right, A leaves it the room it needs.
    tasks = [
        TaskDemand("A", 1, {"db": 1}),
        TaskDemand("B", 1, {"db": 1}),
        TaskDemand("Z", 2, {}, after=("B",)),
    ]
    problem = pack_problem(build_plan_index(tasks, {"db": 1}), Limits())
    loose = serial_schedule(problem, [0, 1, 2])
    assert loose.makespan == 4
    assert double_justified(problem, loose).makespan == 3


def test_the_bound_sees_a_resource_that_only_the_middle_of_the_plan_uses() -> None:
    middle = [TaskDemand(name, 3, {"db": 1}, after=("FIRST",)) for name in "ABC"]
    tasks = [TaskDemand("FIRST", 2, {}), *middle, TaskDemand("LAST", 5, {}, after=("A", "B", "C"))]
    assert pack_problem(build_plan_index(tasks, {"db": 1}), Limits()).bound == 2 + 9 + 5
    assert pack_problem(build_plan_index(tasks, {"db": 2}), Limits()).bound == 2 + 5 + 5
    # No whole number of hours may be lost to rounding when hours are not whole.
    halves = [TaskDemand(task.id, task.hours / 2, task.resources, task.after) for task in tasks]
    assert pack_problem(build_plan_index(halves, {"db": 2}), Limits()).bound == 1 + 2.25 + 2.5


def test_capacities_far_apart_and_needs_with_a_common_divisor_are_packed_without_touching() -> None:
    tasks = [TaskDemand("A", 1, {"cpu": 400, "memory": 2048, "lock": 1}), TaskDemand("B", 1, {"cpu": 1200})]
    tasks += [TaskDemand("C", 1, {"memory": 32768}), TaskDemand("D", 1, {"lock": 1})]
    index = build_plan_index(tasks, {"cpu": 1650, "memory": 33000, "lock": 1, "unused": 7})
    placed = frontier_schedule(pack_problem(index, Limits()), [0, 1, 2, 3])
    assert placed.starts == [0, 0, 1, 1]
