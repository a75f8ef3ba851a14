"""Which waves are open: in order, each when enough of the one before has ended."""

from __future__ import annotations

from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.run_state import RunState

_AT_ONCE = 1e-9


def open_waves(index: PlanIndex, state: RunState, limits: Limits) -> None:
    """Go on to the first wave that has not ended, and let the tasks up to it queue up.

    Without waves, all tasks that were held back for one queue up.
    """
    may_go_on = state.wave != _last(index) and not lacking(index, state, limits, state.wave)
    if may_go_on or state.wave not in state.opened:
        for wave in state.unsettled:
            if wave >= state.wave:
                state.wave = wave
                state.opened.setdefault(wave, state.now)
                if lacking(index, state, limits, wave):
                    break
    for wave in sorted(state.withheld):
        if limits.model == "rolling_frontier" or wave <= state.wave:
            for task in state.withheld.pop(wave):
                state.queue.push(task)


def lacking(index: PlanIndex, state: RunState, limits: Limits, wave: int) -> int:
    """Return how many more tasks of a wave must end before it counts as ended."""
    size = index.wave_sizes.get(wave, 0)
    ended = size - state.unsettled.get(wave, 0)
    if has_timed_out(state, limits, wave):
        ended += state.unsettled_optional[wave]
    return max(0, limits.barrier_of(wave).needed(size) - ended)


def has_timed_out(state: RunState, limits: Limits, wave: int) -> bool:
    """Tell whether the optional tasks of a wave no longer hold back the next one."""
    ends = _timeout_of(state, limits, wave)
    return ends is not None and state.now >= ends - _AT_ONCE


def next_timeout(index: PlanIndex, state: RunState, limits: Limits) -> float | None:
    """Return when the next wave opens though nothing has ended: if only optional tasks hold it back."""
    wave = state.wave
    timeout = _timeout_of(state, limits, wave)
    if timeout is None or limits.model != "wave_based" or wave == _last(index):
        return None
    if has_timed_out(state, limits, wave):
        return None
    return timeout if 0 < lacking(index, state, limits, wave) <= state.unsettled_optional[wave] else None


def _last(index: PlanIndex) -> int:
    return next(reversed(index.wave_sizes), 0)


def _timeout_of(state: RunState, limits: Limits, wave: int) -> float | None:
    timeout = limits.barrier_of(wave).timeout
    return None if timeout is None or wave not in state.opened else state.opened[wave] + timeout
