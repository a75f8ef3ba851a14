"""A run whose events come from a list of numbers: any list is a legal story, and every step is checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from planner.scheduling.apply_event import apply
from planner.scheduling.barrier import Barrier
from planner.scheduling.decide import Decisions, decide
from planner.scheduling.events import (
    Event,
    LimitsChanged,
    Outcome,
    RunContinued,
    RunPaused,
    TaskFinished,
    TaskRetried,
    TimePassed,
)
from planner.scheduling.explain import explain
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.run_state import RunState
from planner.scheduling.task_states import TaskState, TransitionRefused
from schemas.tasks import ExecutionModel
from tests.unit.scheduling.waves_by_hand import last_open_wave

UNSETTLED = {TaskState.BLOCKED, TaskState.READY}


class ScriptedRun:
    def __init__(self, index: PlanIndex, limits: Limits, *, reload: bool = False) -> None:
        self.index = index
        self.limits = limits
        self.state = RunState.new(index)
        self.opened: dict[int, float] = {}
        self.reload = reload
        self.trace: list[object] = []
        self.decisions = self.decide()

    def play(self, script: Sequence[int]) -> str | None:
        for number in script:
            if self.decisions.finished:
                return self.decisions.outcome
            self.step(self.event(number))
        if self.state.pause_reason is not None:
            self.step(RunContinued())
        for _ in range(len(self.index.ids) + 1):
            if self.decisions.finished:
                return self.decisions.outcome
            self.step(TaskFinished(min(self.state.active)))
        message = "the run does not end although every task that starts is completed"
        raise AssertionError(message)

    def event(self, number: int) -> Event:
        kind, choice = number % 16, number // 16
        active = sorted(self.state.active)
        tasks = len(self.index.ids)
        if kind == 15 or not active:
            return RunContinued() if self.state.pause_reason is not None else RunPaused("lunch")
        if kind == 14:
            return LimitsChanged(other_limits(self.limits, choice))
        if kind == 13:
            return TaskRetried(choice % tasks)
        if kind == 12:
            return TaskFinished(choice % tasks, "skipped")
        if kind == 8:
            return TimePassed(self.state.now + (0.0, 0.5, 1.0, 3.0)[choice % 4])
        outcome: Outcome = "failed" if kind in {10, 11} else "cancelled" if kind == 9 else "completed"
        return TaskFinished(active[choice % len(active)], outcome)

    def step(self, event: Event) -> None:
        try:
            self.limits = apply(self.index, self.state, self.limits, event)
        except TransitionRefused as refused:
            self.trace.append(str(refused))
        self.decisions = self.decide()

    def decide(self) -> Decisions:
        if self.reload:
            dump = json.loads(json.dumps(self.state.dump()))
            self.state = RunState.load(self.index, dump)
            assert self.state.dump() == dump
        held_before = len(self.state.active)
        decisions = decide(self.index, self.state, self.limits)
        assert decide(self.index, self.state, self.limits) == replace(decisions, starts=())
        self.check(decisions, held_before)
        tasks = range(len(self.index.ids))
        reasons = [explain(self.index, self.state, self.limits, task) for task in tasks]
        self.trace.append((decisions, [self.state.attempts[task] for task in decisions.starts], reasons))
        return decisions

    def check(self, decisions: Decisions, held_before: int) -> None:
        index, state = self.index, self.state
        again = RunState.load(index, state.dump())
        for name in (
            "indegree",
            "active",
            "stuck",
            "unsettled",
            "unsettled_optional",
            "owed",
            "failed",
            "opened",
        ):
            assert getattr(again, name) == getattr(state, name), name
        assert again.ledger.free == state.ledger.free
        last_open = last_open_wave(index, state, self.limits, self.opened)
        for task in decisions.starts:
            for before in index.predecessors[task]:
                assert state.state_of(before) is TaskState.COMPLETED or before in state.skipped
            if self.limits.model == "wave_based":
                assert index.waves[task] <= last_open
        for overdue in state.ledger.overdue:
            assert len(set(overdue)) == len(overdue)
            assert all(state.queue.tasks.counts[group] for group in overdue)
        for resource, capacity in enumerate(index.capacities):
            assert sum(dict(index.demands[task]).get(resource, 0) for task in state.active) <= capacity
        assert len(state.active) <= max(held_before, self.limits.max_concurrent)
        if state.pause_reason is not None or state.cancelling:
            assert not decisions.starts
        elif not state.active:
            # Nothing runs: then there is nothing left that could.
            assert decisions.finished
            assert all(
                state.stuck[task] for task in range(len(index.ids)) if state.state_of(task) in UNSETTLED
            )


def other_limits(limits: Limits, choice: int) -> Limits:
    model: ExecutionModel = "wave_based" if choice % 2 else "rolling_frontier"
    return replace(
        limits,
        max_concurrent=choice % 4 + 1,
        model=model,
        window=(limits.window, None, 1.0)[choice % 3],
        barrier=(limits.barrier, Barrier(), Barrier(0.5, 1.0))[choice % 3],
    )
