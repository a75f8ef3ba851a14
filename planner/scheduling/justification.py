"""Push a schedule to the right and back to the left: what was loose in it becomes room for something else."""

from __future__ import annotations

from operator import neg

from planner.scheduling.packed_problem import PackedProblem
from planner.scheduling.serial_schedule import Placed, serial_schedule

PASSES = 2
"""How many schedules a double justification makes."""


def double_justified(problem: PackedProblem, placed: Placed) -> Placed:
    """Return the schedule after all tasks went as late as they can, last one first, and then as early.

    In exact arithmetic it is never longer. Rounding may close a gap that a task needs; see `never_longer`.
    """
    late = serial_schedule(
        problem,
        sorted(problem.reverse_order, key=list(map(neg, placed.finishes)).__getitem__),
        backward=True,
    )
    return serial_schedule(problem, sorted(problem.order, key=list(map(neg, late.finishes)).__getitem__))


def never_longer(problem: PackedProblem, placed: Placed) -> Placed:
    """Return the double justified schedule, or the one given if that is shorter."""
    justified = double_justified(problem, placed)
    return justified if justified.makespan <= placed.makespan else placed
