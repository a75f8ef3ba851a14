"""Which waves are open, counted anew from the states of all tasks instead of the scheduler's counts."""

from __future__ import annotations

from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.run_state import RunState
from planner.scheduling.task_states import FAILED_STATES, TaskState


def last_open_wave(index: PlanIndex, state: RunState, limits: Limits, opened: dict[int, float]) -> int:
    """The first wave of which too little has ended; `opened` remembers since when each is open."""
    starts_nothing = state.pause_reason is not None or state.cancelling
    for wave in sorted(set(index.waves)):
        if not starts_nothing:
            opened.setdefault(wave, state.now)
        barrier = limits.barrier_of(wave)
        late = wave in opened and barrier.timeout is not None and state.now >= opened[wave] + barrier.timeout
        members = [task for task, number in enumerate(index.waves) if number == wave]
        ended = sum(has_settled(state, task) or (late and index.optional[task]) for task in members)
        if ended < barrier.quorum * len(members) - 1e-6:
            return wave
    return max(index.waves)


def has_settled(state: RunState, task: int) -> bool:
    """Whether a task has ended or can no longer begin."""
    return state.state_of(task) in {TaskState.COMPLETED, *FAILED_STATES} or bool(state.stuck[task])
