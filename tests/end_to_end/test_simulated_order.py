"""A run starts its tasks in the order of its simulation: tasks end in the simulated order, by gates.

Compared is the run's own record, its history: after each ending the tasks that were started, in the order
of the scheduler, also those of the same moment. Before the next task may end, the log of the scripts says
that what was started did begin, and the run's status that nothing else runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from temporalio.client import Client, WorkflowHandle

from planner.storage.plan_folder import read_plan_folder
from schemas.execution import RunStatus
from schemas.tasks import ExecutionModel
from tests.end_to_end.gates import Gates
from tests.end_to_end.simulated_steps import SimulatedRun, Step, recorded_steps, simulated_run
from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import plan_project, runbook, task
from workers.temporal_connection import TemporalTarget, connect
from workflows.execute_plan import ExecutePlan

Answer = TypeVar("Answer")
AT_WORK = ("assigned", "running")
THREE_AT_ONCE = "---\nmax_concurrent: 3\n---\n"


@dataclass(frozen=True, slots=True)
class Work:
    """A task of a plan: how long it takes, what comes before it, and other keys of a runbook."""

    name: str
    hours: float
    after: str = ""
    keys: tuple[tuple[str, str], ...] = ()

    def section(self, gates: Gates) -> str:
        """Return its section of a runbook; its script notes its begin and waits at the gate of its name."""
        gates.close(self.name)
        low, high = round(0.9 * self.hours, 3), round(1.1 * self.hours, 3)
        return task(
            f"Write {self.name}",
            f"{gates.passing(self.name)}\necho {self.name} > {self.name}.txt",
            f"test -s {self.name}.txt",
            id=self.name,
            after=f"[{self.after}]",
            estimate=f"[{low}, {self.hours}, {high}]",
            timeout_minutes=5,  # some wait at their gates for nearly the whole run
            **dict(self.keys),
        )


LOCK = (("exclusive", "grammar"),)
# B could have the lock at once, for 9 hours. C, which begins a long chain, needs it after 2: let B wait.
ROLLING = (
    Work("A", 2.03),
    Work("B", 9.1, keys=LOCK),
    Work("C", 2.2, "A", LOCK),
    Work("D", 8.3, "C"),
    Work("E", 1.7, keys=(("priority", "low"),)),
    Work("F", 3.1, keys=(("priority", "high"),)),
    Work("G", 1.3, "F"),
    Work("H", 2.45, "E"),
    Work("I", 1.1, "D", LOCK),
    Work("J", 0.75, "G, H"),
    Work("K", 0.6, keys=(("priority", "critical"),)),
    Work("L", 1.9, "I, J"),
)
WAVES = (
    Work("A", 1.3, keys=(("priority", "low"),)),
    Work("B", 2.1),
    Work("C", 0.9, keys=(("priority", "critical"),)),
    Work("D", 1.7, keys=LOCK),
    Work("E", 0.45, "C"),
    Work("F", 2.75, "A", LOCK),
)


def started_together(run: SimulatedRun) -> int:
    return max(len(step.started) for step in run.steps)


async def _with_run(
    machine: UserMachine, run_id: str, ask: Callable[[WorkflowHandle[ExecutePlan, object]], Awaitable[Answer]]
) -> Answer:
    client: Client = await connect(TemporalTarget(f"127.0.0.1:{machine.environment['TASKS_PORT']}"))
    return await ask(client.get_workflow_handle_for(ExecutePlan.run, run_id))


def status_of(machine: UserMachine, run_id: str) -> RunStatus:
    return asyncio.run(_with_run(machine, run_id, lambda handle: handle.query(ExecutePlan.status)))


def steps_of(machine: UserMachine, run_id: str) -> tuple[Step, ...]:
    history = asyncio.run(_with_run(machine, run_id, lambda handle: handle.fetch_history()))
    return recorded_steps(history.events)


def play(machine: UserMachine, run_id: str, simulated: SimulatedRun, gates: Gates) -> None:
    """Let the tasks of a run end in the simulated order, each when the simulation has come to that."""
    begun: set[str] = set()
    for number, step in enumerate(simulated.steps[:-1]):
        begun |= set(step.started)
        if step.ended is not None:
            gates.open(step.ended)
            wait_for_end(machine, run_id, step.ended)
        wait_for_begin(gates, begun)
        states = status_of(machine, run_id).tasks
        assert {item.id for item in states if item.state in AT_WORK} == simulated.running_after(number), step
    last = simulated.steps[-1]
    assert (last.ended is not None, last.started) == (True, ())
    gates.open(str(last.ended))


def wait_for_end(machine: UserMachine, run_id: str, task_id: str) -> None:
    def has_ended() -> bool:
        states = {item.id: item.state for item in status_of(machine, run_id).tasks}
        return states[task_id] == "completed"

    wait_until(has_ended, f"the run hears of the end of {task_id}")


def wait_for_begin(gates: Gates, begun: set[str]) -> None:
    wait_until(lambda: set(gates.points()) >= begun, lambda: f"{begun} in {gates.points()}")
    assert set(gates.points()) == begun


@pytest.mark.parametrize(("model", "works"), [("rolling_frontier", ROLLING), ("wave_based", WAVES)])
def test_a_run_starts_its_tasks_in_the_order_of_its_simulation(
    shared_machine: UserMachine,
    tmp_path: Path,
    gates: Gates,
    model: ExecutionModel,
    works: tuple[Work, ...],
) -> None:
    text = THREE_AT_ONCE + runbook(*(work.section(gates) for work in works), verify="")
    project = plan_project(tmp_path, text, {"README.md": "# App\n"})
    simulated = simulated_run(read_plan_folder(project.plan_folder), model)
    if model == "rolling_frontier":
        assert simulated.outline.window_hours is not None, "this plan is to have an order that was searched"
    assert started_together(simulated) > 1
    run_id = f"as-simulated-{model}"
    running = shared_machine.start(
        *("execute", project.plan_folder, "--repo", project.repository, "--run-id", run_id),
        *("--force-execution-model", model),
    )
    try:
        play(shared_machine, run_id, simulated, gates)
    finally:
        gates.clear()  # a run that does otherwise ends as well, and leaves the service to other tests
        done = running.end()
    assert done.returncode == 0, done.stderr
    assert steps_of(shared_machine, run_id) == simulated.steps
