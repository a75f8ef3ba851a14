"""All that a run knows of its tasks: mutable, owned by one loop; `dump` and `load` are its frozen form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.ready_queue import ReadyQueue
from planner.scheduling.resource_ledger import ResourceLedger
from planner.scheduling.run_state_dump import DumpRefused, dump_queue, load_queue
from planner.scheduling.task_states import ACTIVE, FAILED_STATES, LETTERS, STATES, TaskState, check_transition
from planner.scheduling.turns import Turns

__all__ = ["DumpRefused", "RunState", "TaskState"]

_VERSION = 2


@dataclass(slots=True)
class RunState:
    """The state of one run.

    `status` holds the number of each task's state in `STATES`; `stuck` marks blocked tasks behind a failed
    one; `paused` are the active tasks that wait for a person. A task is settled when it is completed,
    failed or stuck; `unsettled` counts the others for each wave, `unsettled_optional` those of them that are
    optional. `wave` is the last that is open, `opened` says since when each is, on a clock that shows `now`.
    `owed` counts the tasks without which the run has not succeeded.
    """

    status: bytearray
    indegree: list[int]
    ledger: ResourceLedger
    queue: ReadyQueue
    active: set[int]
    paused: set[int]
    attempts: list[int]
    stuck: bytearray
    unsettled: dict[int, int]
    unsettled_optional: dict[int, int]
    wave: int
    owed: int
    failed: int
    withheld: dict[int, list[int]]
    turns: Turns
    skipped: set[int]
    cancelled: set[int]
    pause_reason: str | None = None
    cancelling: bool = False
    now: float = 0.0
    opened: dict[int, float] = field(default_factory=dict)

    @classmethod
    def new(cls, index: PlanIndex, completed: Iterable[int] = ()) -> RunState:
        """Return the state before the first decision; `completed` are tasks that need not run again."""
        status = bytearray(len(index.ids))
        for task in completed:
            status[task] = TaskState.COMPLETED.code
        state = _derive(index, status, set(), set())
        for task in index.by_rank:
            if status[task] == TaskState.BLOCKED.code and not state.indegree[task]:
                status[task] = TaskState.READY.code
                state.push_ready(index, task)
        return state

    @classmethod
    def load(cls, index: PlanIndex, dump: Mapping[str, Any]) -> RunState:
        """Return the state that was dumped; the run goes on exactly as it would have without.

        Raises:
            DumpRefused: the dump is of another version or of a plan with another number of tasks.
        """
        _check_dump(index, dump)
        status = bytearray(map(LETTERS.index, dump["status"]))
        state = _derive(index, status, set(dump["skipped"]), set(dump["cancelled"]))
        state.attempts = [ord(letter) - ord("0") for letter in dump["attempts"]]
        state.pause_reason = dump["paused"]
        state.cancelling = dump["cancelling"]
        state.now, state.opened = dump["now"], dict(dump["opened"])
        state.withheld = {wave: tasks for wave, *tasks in dump["withheld"]}
        load_queue(state.queue, state.ledger, dump["queue"])
        # Who is ready and waits nowhere else waits for its turn.
        elsewhere = {task for tasks in state.withheld.values() for task in tasks}
        for task, code in enumerate(status):
            if code == TaskState.READY.code and not state.queue.tasks.waits[task] and task not in elsewhere:
                state.turns.hold(task)
        return state

    def dump(self) -> dict[str, Any]:
        """Return the state as plain JSON: two letters for each task, and a little for those that wait."""
        return {
            "version": _VERSION,
            "status": "".join(LETTERS[code] for code in self.status),
            "attempts": "".join(chr(ord("0") + count) for count in self.attempts),
            "skipped": sorted(self.skipped),
            "cancelled": sorted(self.cancelled),
            "paused": self.pause_reason,
            "cancelling": self.cancelling,
            "now": self.now,
            "opened": [[wave, moment] for wave, moment in sorted(self.opened.items())],
            "withheld": [[wave, *tasks] for wave, tasks in sorted(self.withheld.items())],
            "queue": dump_queue(self.queue, self.ledger),
        }

    def push_ready(self, index: PlanIndex, task: int) -> None:
        """Let a task that has become ready wait in the queue, or for its turn in a plan with an order."""
        if index.planned_starts:
            self.turns.hold(task)
        else:
            self.queue.push(task)

    def state_of(self, task: int) -> TaskState:
        """Return the state of a task."""
        return STATES[self.status[task]]

    def move(self, index: PlanIndex, task: int, after: TaskState) -> None:
        """Change the state of a task; raises TransitionRefused if the table does not have the change."""
        check_transition(index.ids[task], STATES[self.status[task]], after)
        self.status[task] = after.code


def _check_dump(index: PlanIndex, dump: Mapping[str, Any]) -> None:
    if dump["version"] != _VERSION or len(dump["status"]) != len(index.ids):
        message = (
            f"the saved state (version {dump['version']}, {len(dump['status'])} tasks) is not of this plan "
            f"(version {_VERSION}, {len(index.ids)} tasks): resume the run from its repository instead"
        )
        raise DumpRefused(message)


def _derive(index: PlanIndex, status: bytearray, skipped: set[int], cancelled: set[int]) -> RunState:
    """Compute everything that follows from the states of the tasks."""
    states = [STATES[code] for code in status]
    gone = {task for task, state in enumerate(states) if state in FAILED_STATES} - skipped
    done = {task for task, state in enumerate(states) if state is TaskState.COMPLETED} | skipped
    stuck = bytearray(len(states))
    for task in sorted(range(len(states)), key=index.topological_places.__getitem__):
        if states[task] is TaskState.BLOCKED:
            stuck[task] = any(before in gone or stuck[before] for before in index.predecessors[task])
    unsettled, unsettled_optional = dict.fromkeys(index.wave_sizes, 0), dict.fromkeys(index.wave_sizes, 0)
    for task, wave in enumerate(index.waves):
        if not (stuck[task] or task in gone or task in done):
            unsettled[wave] += 1
            unsettled_optional[wave] += index.optional[task]
    ledger = ResourceLedger(index)
    active = {task for task, state in enumerate(states) if state in ACTIVE}
    for task in active:
        ledger.hold(task)
    return RunState(
        status=status,
        indegree=[
            sum(before not in done for before in index.predecessors[task]) for task in range(len(states))
        ],
        ledger=ledger,
        queue=ReadyQueue(index, ledger),
        active=active,
        paused={task for task in active if states[task] is TaskState.PAUSED},
        attempts=[0] * len(states),
        stuck=stuck,
        unsettled=unsettled,
        unsettled_optional=unsettled_optional,
        wave=first_unsettled_wave(unsettled),
        owed=sum(not optional and task not in done for task, optional in enumerate(index.optional)),
        failed=len(gone - cancelled),
        withheld={},
        turns=Turns(index),
        skipped=skipped,
        cancelled=cancelled,
    )


def first_unsettled_wave(unsettled: Mapping[int, int]) -> int:
    """Return the first wave in which anything is left to do; without any, the last."""
    return next((wave for wave, count in unsettled.items() if count), max(unsettled, default=0))
