"""Two users on one machine, and two projects of one user: they work at once and never meet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.gates import Gates
from tests.end_to_end.user_machine import UserMachine, user_machine
from tests.small_project import PlannedProject, git, plan_project, runbook, task
from workers.service_record import read_service
from workers.state_folder import StateFolder

DEFAULT_PORTS = {"TASKS_PORT": "", "TASKS_UI_PORT": ""}
BRANCH = "feature/change-the-app"


@pytest.fixture
def two_users(tmp_path: Path, temporal_binary: Path) -> Iterator[tuple[UserMachine, UserMachine]]:
    """Two users who set nothing but where their state is."""
    with (
        user_machine(tmp_path / "one", temporal_binary, **DEFAULT_PORTS) as one,
        user_machine(tmp_path / "two", temporal_binary, **DEFAULT_PORTS) as two,
    ):
        yield one, two


def port_of(machine: UserMachine) -> str:
    record = read_service(StateFolder(machine.state))
    assert record is not None
    assert record.address is not None
    return record.address.rpartition(":")[2]


@pytest.mark.timeout(240)
def test_two_users_with_default_settings_who_start_at_once_have_a_server_each(
    two_users: tuple[UserMachine, UserMachine], tmp_path: Path
) -> None:
    one, two = two_users
    project = plan_project(tmp_path, runbook(task("Write a", "echo a > a.txt", "test -s a.txt", id="A")))
    starting = [machine.start("up") for machine in two_users]
    ended = [command.end() for command in starting]
    assert [each.returncode for each in ended] == [0, 0], ended
    assert port_of(one) != port_of(two)
    assert not set(one.processes()) & set(two.processes())
    done = one.tasks("execute", project.plan_folder, "--repo", project.repository, "--run-id", "of-one")
    assert done.returncode == 0, done.stderr
    assert [run["run_id"] for run in one.json("runs")] == ["of-one"]
    assert two.json("runs") == []
    assert two.tasks("status", "of-one").returncode == 1

    # The one thing they can be at odds about: a port that both ask for.
    assert two.tasks("down").stdout == "stopped\n"
    refused = two.tasks("up", TASKS_PORT=port_of(one))
    assert refused.returncode == 6, refused.stderr
    assert f"port {port_of(one)} is in use" in refused.stderr
    assert "TASKS_PORT" in refused.stderr
    assert two.leftovers() == []
    assert one.json("runs")[0]["state"] == "succeeded"


def project_in(folder: Path, gates: Gates) -> PlannedProject:
    """Plan work of the same title, branch and task ids, for a repository of its own."""
    sections = [
        task(
            f"Write {name}",
            f"{gates.passing(name)}\npwd > {name}.txt",
            f"test -s {name}.txt",
            id=name.upper(),
        )
        for name in "ab"
    ]
    return plan_project(folder, runbook(*sections))


@pytest.mark.timeout(240)
def test_two_projects_with_tasks_of_the_same_names_run_on_one_service_and_see_nothing_of_each_other(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    gates = [Gates.make(tmp_path / f"gates-{name}") for name in ("one", "two")]
    projects = [project_in(tmp_path / name, each) for name, each in zip(("one", "two"), gates, strict=True)]
    for each in gates:
        each.close("a")
    running = [
        shared_machine.start("execute", each.plan_folder, "--repo", each.repository, "--json")
        for each in projects
    ]
    for each in gates:
        each.wait_at("a")  # both runs are in the middle of the task of the same name
    for each in gates:
        each.open("a")
    ended = [command.end() for command in running]
    assert [each.returncode for each in ended] == [0, 0], ended
    assert ended[0].stdout != ended[1].stdout
    for own, other in (projects, projects[::-1]):
        assert sorted(own.landed()) == ["Land A: Write a", "Land B: Write b"]
        for name in ("a.txt", "b.txt"):
            where = Path(git(own.repository, "show", f"{BRANCH}:{name}"))
            assert own.repository.parent in where.parents
            assert other.repository.parent not in where.parents
    for each in gates:
        assert sorted(each.points()) == ["a", "b"]
