"""Why a task is where it is, in plain words; looks at the state and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner.scheduling.decide import slots_taken, too_many_failures
from planner.scheduling.limits import Limits
from planner.scheduling.open_waves import has_timed_out
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.run_state import RunState
from planner.scheduling.task_states import ACTIVE, FAILED_STATES, TaskState

_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Explanation:
    """A task's state, the reason in words, and the ids of the tasks it waits for."""

    state: TaskState
    reason: str
    waiting_for: tuple[str, ...] = ()


def explain(index: PlanIndex, state: RunState, limits: Limits, task: int) -> Explanation:
    """Return why a task is not running, or what it does or has done."""
    now = state.state_of(task)
    waiting_for: Sequence[int] = ()
    if now is TaskState.BLOCKED:
        reason, waiting_for = _why_blocked(index, state, task)
    elif now is TaskState.READY:
        reason, waiting_for = _why_not_started(index, state, limits, task)
    elif now in ACTIVE:
        reason = f"is {now}, start {state.attempts[task]}"
    elif task in state.skipped:
        reason = "was skipped"
    elif task in state.cancelled:
        reason = "was cancelled"
    else:
        reason = str(now).replace("_", " ")
    return Explanation(now, reason, tuple(index.ids[other] for other in waiting_for))


def _why_blocked(index: PlanIndex, state: RunState, task: int) -> tuple[str, list[int]]:
    failed = _failed_ancestors(index, state, task)
    if failed:
        noun = "dependency" if len(failed) == 1 else "dependencies"
        return f"failed {noun} {_listed(index, failed)}", failed
    waiting_for = [
        before
        for before in index.predecessors[task]
        if before not in state.skipped and state.state_of(before) is not TaskState.COMPLETED
    ]
    return f"waits for {_listed(index, waiting_for)}", waiting_for


def _failed_ancestors(index: PlanIndex, state: RunState, task: int) -> list[int]:
    """Return the failed tasks that this one would have to see completed, in the order of their numbers."""
    found: set[int] = set()
    seen = {task}
    rest = [task]
    while rest:
        for before in index.predecessors[rest.pop()]:
            if before in seen:
                continue
            seen.add(before)
            if state.state_of(before) in FAILED_STATES and before not in state.skipped:
                found.add(before)
            elif state.stuck[before]:
                rest.append(before)
    return sorted(found)


def _why_not_started(
    index: PlanIndex, state: RunState, limits: Limits, task: int
) -> tuple[str, Sequence[int]]:
    """Name the first thing in the way, from the whole run down to the single resource."""
    standstill = _why_nothing_starts(index, state, limits)
    if standstill:
        return standstill, ()
    if limits.model == "wave_based" and index.waves[task] > state.wave:
        return _why_the_wave_lasts(index, state, limits)
    if state.turns.holds(task):
        return _why_not_its_turn(index, state, task)
    lacking = _why_no_resource(index, state, task)
    if lacking is not None:
        return lacking
    if slots_taken(state) >= limits.max_concurrent:
        return f"{slots_taken(state)} of {limits.max_concurrent} tasks are running", ()
    return "starts next", ()


def _why_nothing_starts(index: PlanIndex, state: RunState, limits: Limits) -> str:
    if state.cancelling:
        return "the run is being cancelled"
    if state.pause_reason is not None:
        return f"the run is paused: {state.pause_reason}"
    if too_many_failures(state, limits):
        return (
            f"nothing more is started: {state.failed} of {len(index.ids)} tasks failed, "
            f"more than the failure threshold {limits.failure_threshold:g} allows"
        )
    return ""


def _why_not_its_turn(index: PlanIndex, state: RunState, task: int) -> tuple[str, list[int]]:
    """Name the task that is to start first; without one, the next decision calls this task up."""
    first = state.turns.first_unstarted(state.status, state.stuck, index.priority_classes[task])
    if first is None or first == task:
        return "starts next", []
    return f"waits for its turn in the planned order: {index.ids[first]} is to start first", [first]


def _why_the_wave_lasts(index: PlanIndex, state: RunState, limits: Limits) -> tuple[str, list[int]]:
    """Count what has ended and must end, and name who is waited for: who runs, or else who is to run."""
    size = index.wave_sizes[state.wave]
    needed = limits.barrier_of(state.wave).needed(size)
    timed_out = has_timed_out(state, limits, state.wave)
    still_open = [
        task
        for task, wave in enumerate(index.waves)
        if wave == state.wave
        and not (state.stuck[task] or (timed_out and index.optional[task]))
        and state.state_of(task) not in FAILED_STATES | {TaskState.COMPLETED}
    ]
    running = [task for task in still_open if task in state.active]
    named = running or still_open
    verb = ("run" if running else "wait") + ("s" if len(named) == 1 else "")
    must = "all" if needed == size else str(needed)
    late = ", optional ones no longer" if timed_out else ""
    return (
        f"wave {state.wave} has not ended: {size - state.unsettled[state.wave]} of {size} tasks have, "
        f"{must} must{late}; {_listed(index, named)} {verb}"
    ), still_open


def _why_no_resource(index: PlanIndex, state: RunState, task: int) -> tuple[str, list[int]] | None:
    group = index.groups[task]
    resource = state.ledger.lacking(group)
    if resource is None:
        return None
    name = index.resource_names[resource]
    units = dict(index.demands[task])[resource]
    capacity, free = index.capacities[resource], state.ledger.free[resource]
    holders = sorted(other for other in state.active if resource in dict(index.demands[other]))
    if capacity > 1:
        name = f"{name} (needs {units} of {capacity}, {free} free)"
    if free >= units:
        kept_for = state.ledger.kept_for(resource, index.group_classes[group], group)
        named = [task for other, _ in kept_for for task in state.queue.tasks.of_group(other)]
        return f"waits for {name}, kept for {_listed(index, named)}", named
    return f"waits for {name}, held by {_listed(index, holders)}", holders


def _listed(index: PlanIndex, tasks: Iterable[int]) -> str:
    names = [index.ids[task] for task in tasks]
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} and {len(names) - _NAMES_SHOWN} more"
