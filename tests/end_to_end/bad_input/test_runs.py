"""Runs that Temporal does not know: every command that takes one says so, and changes nothing."""

from __future__ import annotations

import pytest

from tests.end_to_end.bad_input.case import check_error
from tests.end_to_end.bad_input.world import World
from tests.end_to_end.user_machine import UserMachine
from tests.folder_snapshot import folder_snapshot

COMMANDS = (
    "status nobody",
    "explain nobody A",
    "logs nobody A",
    "pause nobody",
    "cancel nobody",
    "retry nobody A",
    "set-limits nobody -j 2",
    "approve nobody A",
    "resume nobody",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_that_does_not_exist(command: str, shared_machine: UserMachine, world: World) -> None:
    before = folder_snapshot(world.project)
    done = shared_machine.tasks(*command.split(), cwd=world.project)
    assert done.returncode == 1, done.stderr
    assert "'nobody'" in done.stderr
    assert "tasks runs" in done.stderr
    check_error(done.stderr)
    assert done.stdout == ""
    assert folder_snapshot(world.project) == before


def test_a_plan_that_cannot_be_executed_is_refused_beside_a_running_service(
    shared_machine: UserMachine, world: World
) -> None:
    world.git("branch", "feature")
    before = folder_snapshot(world.project)
    done = shared_machine.tasks("execute", world.plan, cwd=world.project)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert folder_snapshot(world.project) == before
