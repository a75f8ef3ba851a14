"""Only one lands on a feature branch at a time, and a dead process holds nothing."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from activities.landing_lock import landing_turn
from planner.machine.repository_folders import open_repository
from tests.small_project import make_repository

BRANCH = "feature/one"
HOLD = """
import asyncio, sys
from pathlib import Path
from activities.landing_lock import landing_turn
from planner.machine.repository_folders import open_repository

async def hold():
    async with landing_turn(open_repository(Path(sys.argv[1])), sys.argv[2]):
        print("held", flush=True)
        await asyncio.sleep(600)

asyncio.run(hold())
"""


def test_landings_on_one_branch_follow_one_another_first_come_first(tmp_path: Path) -> None:
    folders = open_repository(make_repository(tmp_path / "project"))
    inside: list[int] = []
    most: list[int] = []
    order: list[int] = []

    async def land(number: int) -> None:
        async with landing_turn(folders, BRANCH):
            inside.append(number)
            most.append(len(inside))
            order.append(number)
            await asyncio.sleep(0.02)
            inside.remove(number)

    async def many() -> None:
        await asyncio.gather(*(land(number) for number in range(5)))

    asyncio.run(many())
    assert most == [1] * 5
    assert order == [0, 1, 2, 3, 4]


def test_another_branch_does_not_wait(tmp_path: Path) -> None:
    folders = open_repository(make_repository(tmp_path / "project"))

    async def both() -> bool:
        async with landing_turn(folders, BRANCH), asyncio.timeout(5), landing_turn(folders, "feature/two"):
            return True

    assert asyncio.run(both())


def test_waiting_can_be_cancelled_and_takes_nothing(tmp_path: Path) -> None:
    folders = open_repository(make_repository(tmp_path / "project"))

    async def wait() -> None:
        async with landing_turn(folders, BRANCH):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3), landing_turn(folders, BRANCH):
                    pytest.fail("two held the same turn")
        async with asyncio.timeout(5), landing_turn(folders, BRANCH):
            pass

    asyncio.run(wait())


def test_waiting_for_another_process_ends_with_it_and_can_be_cancelled(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "project")
    argv = [sys.executable, "-c", HOLD, str(repository), BRANCH]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        async def give_up() -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2), landing_turn(open_repository(repository), BRANCH):
                    pytest.fail("two held the same turn")

        asyncio.run(give_up())
        holder.kill()

    async def land() -> bool:
        async with asyncio.timeout(10), landing_turn(open_repository(repository), BRANCH):
            return True

    assert asyncio.run(land())
