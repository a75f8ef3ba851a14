"""What to start now. The only place where a task is chosen, in forecasts, simulations and real runs alike."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from planner.scheduling.group_places import FRONT, GroupPlaces, Place
from planner.scheduling.limits import Limits
from planner.scheduling.open_waves import next_timeout, open_waves
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.run_state import RunState
from planner.scheduling.task_states import TaskState

RunOutcome = Literal["succeeded", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Decisions:
    """The tasks to start, in this order, and whether the run has ended and how.

    `next_timeout` is the time at which to decide again although nothing has happened.
    """

    starts: tuple[int, ...]
    finished: bool
    outcome: RunOutcome | None
    next_timeout: float | None = None


def decide(index: PlanIndex, state: RunState, limits: Limits) -> Decisions:
    """Choose the tasks to start, mark them as running and hold their resources.

    The order is priority class, planned start if the plan has an order, longest path, id. A task gets all its
    resources at once or waits; others may pass it, but not for ever (see `overtaking`), nor long before their
    turn (see `turns`). Called again without an event it starts nothing.
    """
    starts: list[int] = []
    timeout: float | None = None
    if not (state.cancelling or state.pause_reason is not None or too_many_failures(state, limits)):
        open_waves(index, state, limits)
        timeout = next_timeout(index, state, limits)
        _call_up(state, limits)
        while slots_taken(state) < limits.max_concurrent:
            started = _start_what_fits(index, state, limits)
            starts += started
            # Each start may bring the turn of the next nearer.
            if not (started and _call_up(state, limits)):
                break
    finished, outcome = _verdict(state)
    return Decisions(tuple(starts), finished, outcome, None if finished else timeout)


def slots_taken(state: RunState) -> int:
    """Return how many tasks count against `max_concurrent`: one that waits for a person does not."""
    return len(state.active) - len(state.paused)


def too_many_failures(state: RunState, limits: Limits) -> bool:
    """Tell whether more than the allowed share of all tasks has failed."""
    return state.failed > limits.failure_threshold * len(state.status)


def _verdict(state: RunState) -> tuple[bool, RunOutcome | None]:
    """Tell whether the run has ended: nothing runs, and nothing will without somebody's doing."""
    if state.active:
        return False, None
    if not state.owed and not any(state.unsettled.values()):
        return True, "succeeded"
    if state.cancelling:
        return True, "cancelled"
    if state.pause_reason is not None:
        return False, None  # whoever paused it may want to retry what has failed
    return True, "failed"


def _call_up(state: RunState, limits: Limits) -> bool:
    """Let the tasks queue up whose turn has come in the planned order; tell whether there are any."""
    window = limits.window if limits.model == "rolling_frontier" else None
    called = list(state.turns.called_up(state.status, state.stuck, window))
    for task in called:
        state.queue.push(task)
    return bool(called)


def _start_what_fits(index: PlanIndex, state: RunState, limits: Limits) -> list[int]:
    """Start tasks, best first, until nothing fits or all slots are taken."""
    queue, places, ledger = state.queue, state.queue.places, state.ledger
    starts: list[int] = []
    looks: list[tuple[int, Place]] = []
    _look_again(looks, places, queue.places_to_look())
    freed = set(ledger.freed)
    ledger.freed.clear()
    while looks and slots_taken(state) < limits.max_concurrent:
        key, place = heapq.heappop(looks)
        first = places.first(place)
        if first is None or not places.may_have_room(place):
            continue
        if first[0] != key:
            heapq.heappush(looks, (first[0], place))
            continue
        group = places.pop(place)
        task = queue.tasks.next_task(group, limits.overtaking)
        if limits.model == "wave_based" and index.waves[task] > state.wave:
            queue.withhold(task)
            state.withheld.setdefault(index.waves[task], []).append(task)
        elif _started(index, state, limits, task):
            starts.append(task)
        else:
            if not places.is_holder(group):
                _look_again(looks, places, (place,))
            continue
        _look_again(looks, places, (place,) if place == FRONT else (place, FRONT))
        _look_again(looks, places, queue.seat_holders())
    if looks:
        ledger.freed |= freed
    elif ledger.freed:
        # What was kept for a group has become free while we looked: others may fit now.
        starts += _start_what_fits(index, state, limits)
    return starts


def _look_again(looks: list[tuple[int, Place]], places: GroupPlaces, where: Iterable[Place]) -> None:
    """Note these places with the key of the best group at each."""
    for place in where:
        first = places.first(place)
        if first is not None:
            heapq.heappush(looks, (first[0], place))


def _started(index: PlanIndex, state: RunState, limits: Limits, task: int) -> bool:
    """Start a task whose group was taken off its place, or let the group wait for what it lacks."""
    group = index.groups[task]
    state.queue.leave(group)
    lacking = state.ledger.lacking(group)
    if lacking is not None:
        state.queue.park(group, lacking)
        return False
    state.move(index, task, TaskState.RUNNING)
    state.active.add(task)
    state.attempts[task] += 1
    state.ledger.hold(task)
    state.queue.start(task, limits.overtaking)
    return True
