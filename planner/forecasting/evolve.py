"""Search for a short schedule: drawn schedules, then mixtures of the best, each pushed to the right and left.

Plain integers and floats in, the same seed gives the same schedule.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from planner.scheduling.crossed_order import crossed_at, crossed_within, order_by
from planner.scheduling.frontier_schedule import frontier_schedule, sampled_frontier
from planner.scheduling.justification import PASSES, double_justified
from planner.scheduling.limits import Limits
from planner.scheduling.packed_problem import PackedProblem, pack_problem
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.serial_schedule import Placed, serial_schedule
from planner.scheduling.simulate import Schedule

MOST_SCHEDULES = 1000
_DRAWN_SHARE = 0.3
_PARENTS = 20
_SHAKEN_SHARE = 0.1
_SHAKING = 0.05
_LEAST_REACH = 3.0  # places: in a small plan a share of them would not pass a neighbour
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """The best schedule of a search, how many were made for it, and whether no shorter one can exist."""

    schedule: Schedule
    schedules_made: int
    bound: float

    @property
    def is_optimal(self) -> bool:
        """Return whether the schedule reaches the lower bound."""
        return self.schedule.makespan <= self.bound + _ROUNDING


@dataclass(slots=True)
class _Search:
    """The schedules that mix, best first, and what was tried."""

    problem: PackedProblem
    budget: int
    random: Random
    best: Placed | None = None
    shortest: float = float("inf")
    made: int = 0
    lengths: list[float] = field(default_factory=list)
    parents: list[list[float]] = field(default_factory=list)
    known: set[tuple[float, ...]] = field(default_factory=set)
    tried: set[tuple[int, ...]] = field(default_factory=set)

    def goes_on(self, until: float) -> bool:
        """Tell whether there is something to gain and something left to spend."""
        return self.made + 1 + PASSES <= until and self.shortest > self.problem.bound + _ROUNDING

    def take(self, placed: Placed) -> None:
        """Push a new schedule to the right and left, and let it mix if it is good and new."""
        justified = double_justified(self.problem, placed)
        self.made += 1 + PASSES
        for one in (placed, justified):
            if one.makespan < self.shortest:
                self.best, self.shortest = one, one.makespan
        key = tuple(justified.starts)
        if key in self.known:
            return
        self.known.add(key)
        # Before its equals: among schedules of one length the newest stay, which keeps them different.
        place = bisect_left(self.lengths, justified.makespan)
        self.lengths.insert(place, justified.makespan)
        self.parents.insert(place, justified.starts)
        del self.lengths[_PARENTS:], self.parents[_PARENTS:]


def evolve(index: PlanIndex, limits: Limits, *, seed: int, budget: int = MOST_SCHEDULES) -> Found:
    """Return the best of at most `budget` schedules with the expected durations; at least one is made.

    Three tenths of the budget go to schedules drawn by the longest path, the rest to mixtures of the best 20
    in time. It ends early when the lower bound is reached.
    """
    problem = pack_problem(index, limits)
    search = _Search(problem, budget, Random(seed))  # noqa: S311 - a search that is the same each time
    starts_first = [-tail for tail in problem.tails]
    if budget <= PASSES:
        search.best, search.made = frontier_schedule(problem, starts_first), 1
    _draw_schedules(search, starts_first)
    while search.goes_on(budget):
        search.take(serial_schedule(problem, _mixed_order(search)))
    best = search.best or Placed([], [])
    return Found(as_schedule(best), search.made, problem.bound)


def as_schedule(placed: Placed) -> Schedule:
    """Return the schedule with its order of starts: by start, then by finish, then by number."""
    starts, finishes = placed
    order = sorted(range(len(starts)), key=lambda task: (starts[task], finishes[task], task))
    return Schedule(tuple(starts), tuple(finishes), placed.makespan, tuple(order))


def _draw_schedules(search: _Search, starts_first: list[float]) -> None:
    """Make the first schedules: by both priorities as they are, then drawn by one and the other in turn."""
    problem = search.problem
    finishes_first = [
        start + duration for start, duration in zip(starts_first, problem.durations, strict=True)
    ]
    least = sum(problem.durations) / max(1, len(problem.durations)) / 5
    makers: list[Callable[[list[float]], Placed]] = [
        lambda priorities: frontier_schedule(problem, priorities),
        lambda priorities: sampled_frontier(problem, priorities, search.random.random, least),
    ]
    turn = 0
    while search.goes_on(max(search.budget * _DRAWN_SHARE, 1 + PASSES)):
        search.take(makers[turn > 1](finishes_first if turn % 2 else starts_first))
        turn += 1


def _mixed_order(search: _Search) -> list[int]:
    """Mix two parents; what was tried already, and now and then something new, is shaken."""
    draw, problem = search.random.random, search.problem
    first = int(draw() * len(search.parents))
    second = int(draw() * len(search.parents))
    length, one, other = search.lengths[first], search.parents[first], search.parents[second]
    if draw() < 0.5:  # noqa: PLR2004 - either way as often
        order = crossed_at(problem, one, other, length * (0.2 + 0.6 * draw()))
    else:
        begin = length * 0.8 * draw()
        order = crossed_within(problem, one, other, begin, begin + length * (0.2 + 0.4 * draw()))
    if draw() >= _SHAKEN_SHARE and tuple(order) not in search.tried:
        search.tried.add(tuple(order))
        return order
    places = [0.0] * len(order)
    reach = max(_LEAST_REACH, 2 * _SHAKING * len(order))
    for place, task in enumerate(order):
        places[task] = place + reach * draw()
    return order_by(problem, places)
