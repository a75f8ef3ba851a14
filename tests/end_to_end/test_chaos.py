"""Somebody is killed while each phase is proven to be running: the run ends by itself, and right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.chaos_plan import PHASES, chaos_project
from tests.end_to_end.chaos_scene import Scene, tree_of_branch
from tests.end_to_end.gated_git import gated_git
from tests.end_to_end.gates import Gates
from tests.end_to_end.kill_targets import TARGETS, Target
from tests.end_to_end.run_traces import kill_survivors
from tests.end_to_end.user_machine import UserMachine, user_machine

SEED = 20260101
MORE = {
    "TASKS_HEARTBEAT": "3",
    "TASKS_SCHEDULE_TO_START": "90",  # a worker that is ended politely may wait for a git that is held
    "TASKS_TASKS_PER_WORKER": "4",  # two workers hold all tasks of a scene at once
}


@pytest.fixture(scope="module")
def undisturbed_tree(shared_machine: UserMachine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tree that the plan of all scenes ends with when nothing happens."""
    folder = tmp_path_factory.mktemp("undisturbed")
    project = chaos_project(folder / "work", PHASES, Gates.make(folder / "gates"))
    done = shared_machine.tasks("execute", project.plan_folder, "--repo", project.repository)
    assert done.returncode == 0, done.stderr
    return tree_of_branch(project)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("target", TARGETS)
def test_a_kill_inside_every_phase_costs_the_executions_in_flight_and_nothing_else(
    temporal_binary: Path, tmp_path: Path, gates: Gates, target: Target, undisturbed_tree: str
) -> None:
    with user_machine(tmp_path / "machine", temporal_binary, **MORE) as plain:
        environment = gated_git(tmp_path / "git", gates, plain.environment)
        machine = UserMachine(plain.folder, environment, temporal_binary)
        project = chaos_project(tmp_path / "work", PHASES, gates)
        scene = Scene(machine, project, gates, "chaos", PHASES, target, SEED + TARGETS.index(target))
        try:
            ending = scene.play(undisturbed_tree)
        finally:
            gates.clear()
            kill_survivors(str(project.repository.parent))
        assert ending.broken == {}, ending.how
