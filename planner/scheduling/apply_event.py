"""What an event changes: O(log n) for each task that it touches, and no decision of its own."""

from __future__ import annotations

from collections.abc import Iterable

from planner.scheduling.events import (
    CancelRequested,
    Event,
    LimitsChanged,
    RunContinued,
    RunPaused,
    TaskFinished,
    TaskMoved,
    TaskRetried,
    TimePassed,
)
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.run_state import RunState, first_unsettled_wave
from planner.scheduling.task_states import ACTIVE, FAILED_STATES, STATES, TaskState, TransitionRefused


def apply(index: PlanIndex, state: RunState, limits: Limits, event: Event) -> Limits:
    """Apply one event to the state and return the limits that hold from now on.

    Raises:
        TransitionRefused: the event does not fit its task's state; nothing has changed then.
    """
    match event:
        case TaskFinished():
            _finish(index, state, event)
        case TaskMoved(task, after):
            _report(index, state, task, after)
        case TaskRetried(task):
            _retry(index, state, task)
        case RunPaused(reason):
            state.pause_reason = reason
        case RunContinued():
            state.pause_reason = None
        case CancelRequested():
            state.cancelling = True
        case TimePassed(now):
            state.now = max(state.now, now)
        case LimitsChanged(limits=changed):
            # Other barriers may close what was open: the next decision finds out how far it is.
            state.wave = first_unsettled_wave(state.unsettled)
            return changed
    return limits


def _finish(index: PlanIndex, state: RunState, event: TaskFinished) -> None:
    task = event.task
    if event.outcome == "skipped":
        _skip(index, state, task)
        return
    if STATES[state.status[task]] not in ACTIVE:
        message = (
            f"task {index.ids[task]} is {state.state_of(task)}: only an active task can be {event.outcome}"
        )
        raise TransitionRefused(message)
    _free(state, task)
    _settle(index, state, task)
    if event.outcome == "completed":
        state.move(index, task, TaskState.COMPLETED)
        _pass_on(index, state, task)
        return
    state.move(index, task, TaskState.FAILED)
    if event.outcome == "cancelled":
        state.cancelled.add(task)
    else:
        state.failed += 1
    _hold_back(index, state, task)


def _report(index: PlanIndex, state: RunState, task: int, after: TaskState) -> None:
    """Follow a task through its active states; starting and ending have their own events."""
    before = state.state_of(task)
    rolled_back = after is TaskState.ROLLED_BACK and task not in state.skipped
    if before is after or not (rolled_back or (before in ACTIVE and after in ACTIVE)):
        message = f"task {index.ids[task]} is {before} and cannot be reported as {after}"
        raise TransitionRefused(message)
    state.move(index, task, after)
    if after is TaskState.PAUSED:
        state.paused.add(task)
    else:
        state.paused.discard(task)


def _skip(index: PlanIndex, state: RunState, task: int) -> None:
    """Fail a task without failing what depends on it."""
    before = state.state_of(task)
    if before is TaskState.COMPLETED or task in state.skipped:
        message = f"task {index.ids[task]} is {'skipped already' if task in state.skipped else before}"
        raise TransitionRefused(message)
    if before in FAILED_STATES:
        state.failed -= task not in state.cancelled
        state.cancelled.discard(task)
    else:
        if before is TaskState.READY:
            _take_out(state, index, task)
        elif before in ACTIVE:
            _free(state, task)
        if not state.stuck[task]:
            _settle(index, state, task)
        state.stuck[task] = 0
        state.move(index, task, TaskState.FAILED)
    state.skipped.add(task)
    _let_go(index, state, task)
    _pass_on(index, state, task)


def _retry(index: PlanIndex, state: RunState, task: int) -> None:
    if task in state.skipped:
        message = f"task {index.ids[task]} was skipped and its dependants have gone on: it cannot be retried"
        raise TransitionRefused(message)
    if state.state_of(task) not in FAILED_STATES:
        message = f"task {index.ids[task]} is {state.state_of(task)}: only a failed task can be retried"
        raise TransitionRefused(message)
    state.move(index, task, TaskState.READY)
    state.failed -= task not in state.cancelled
    state.cancelled.discard(task)
    _reopen(index, state, task)
    _let_go(index, state, task)
    state.push_ready(index, task)


def _free(state: RunState, task: int) -> None:
    state.active.discard(task)
    state.paused.discard(task)
    state.ledger.release(task)


def _take_out(state: RunState, index: PlanIndex, task: int) -> None:
    if state.queue.tasks.waits[task]:
        state.queue.remove(task)
    elif state.turns.holds(task):
        state.turns.take_out(task)
    else:
        state.withheld[index.waves[task]].remove(task)


def _pass_on(index: PlanIndex, state: RunState, task: int) -> None:
    """Make the dependants of a completed or skipped task ready when it was the last they waited for."""
    state.owed -= not index.optional[task]
    blocked = TaskState.BLOCKED.code
    ready: list[int] = []
    for successor in index.successors[task]:
        state.indegree[successor] -= 1
        if not state.indegree[successor] and state.status[successor] == blocked:
            state.move(index, successor, TaskState.READY)
            ready.append(successor)
    for successor in sorted(ready, key=index.ranks.__getitem__):
        state.push_ready(index, successor)


def _hold_back(index: PlanIndex, state: RunState, task: int) -> None:
    """Mark everything behind a failed task as stuck."""
    for dependant in _behind(index, state, task, stuck=0):
        state.stuck[dependant] = 1
        _settle(index, state, dependant)


def _let_go(index: PlanIndex, state: RunState, task: int) -> None:
    """Clear the marks behind a task that no longer stands in the way, unless another failed task does."""
    state.turns.begin_again()
    behind = list(_behind(index, state, task, stuck=1))
    for dependant in behind:
        state.stuck[dependant] = 0
    for dependant in sorted(behind, key=index.topological_places.__getitem__):
        if any(
            state.stuck[before] or _stands_in_the_way(state, before)
            for before in index.predecessors[dependant]
        ):
            state.stuck[dependant] = 1
        else:
            _reopen(index, state, dependant)


def _stands_in_the_way(state: RunState, task: int) -> bool:
    return STATES[state.status[task]] in FAILED_STATES and task not in state.skipped


def _behind(index: PlanIndex, state: RunState, task: int, *, stuck: int) -> Iterable[int]:
    """Return the blocked tasks that depend on this one through tasks that are all stuck, or all not."""
    blocked = TaskState.BLOCKED.code
    found: dict[int, None] = {}
    rest = [task]
    while rest:
        for dependant in index.successors[rest.pop()]:
            if (
                state.status[dependant] == blocked
                and state.stuck[dependant] == stuck
                and dependant not in found
            ):
                found[dependant] = None
                rest.append(dependant)
    return found


def _settle(index: PlanIndex, state: RunState, task: int) -> None:
    state.unsettled[index.waves[task]] -= 1
    state.unsettled_optional[index.waves[task]] -= index.optional[task]


def _reopen(index: PlanIndex, state: RunState, task: int) -> None:
    wave = index.waves[task]
    state.unsettled[wave] += 1
    state.unsettled_optional[wave] += index.optional[task]
    state.wave = min(state.wave, wave)
