"""Only one lands on a feature branch at a time, and a dead process holds nothing."""

import asyncio
import errno
import fcntl
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from filelock import FileLock, Timeout

from activities import landing_lock
from activities.landing_lock import landing_turn
from planner.machine.repository_folders import open_repository
from schemas.errors import RepositoryUnusable
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


MOST_IN_A_ROW = 8  # of 20 that all wait: without turns, one process lands all of its own first
TURNS = """
import asyncio, sys
from pathlib import Path
from activities.landing_lock import landing_turn
from planner.machine.repository_folders import open_repository

repository, branch, log, name = sys.argv[1:]

async def land(folders):
    for _ in range(5):
        async with landing_turn(folders, branch):
            with open(log, "a") as file:
                file.write(name)
            await asyncio.sleep(0.02)

async def many():
    folders = open_repository(Path(repository))
    await asyncio.gather(*(land(folders) for _ in range(4)))

sys.stdin.read()
asyncio.run(many())
"""


@contextmanager
def holding(repository: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the turn until it is killed, here at the latest."""
    argv = [sys.executable, "-c", HOLD, str(repository), BRANCH]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


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
    with holding(repository):

        async def give_up() -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2), landing_turn(open_repository(repository), BRANCH):
                    pytest.fail("two held the same turn")

        asyncio.run(give_up())

    async def land() -> bool:
        async with asyncio.timeout(10), landing_turn(open_repository(repository), BRANCH):
            return True

    assert asyncio.run(land())


def test_who_gave_up_waiting_for_another_process_gives_back_what_comes_later(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "project")
    folders = open_repository(repository)

    async def give_up_and_land(holder: subprocess.Popen[str]) -> bool:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1), landing_turn(folders, BRANCH):
                    pytest.fail("two held the same turn")
        holder.kill()
        async with asyncio.timeout(10), landing_turn(folders, BRANCH):
            return True

    with holding(repository) as holder:
        assert asyncio.run(give_up_and_land(holder))


async def somebody_waits() -> None:
    # Nothing tells that a thread has begun.
    while "landing lock" not in [t.name for t in threading.enumerate()]:  # noqa: ASYNC110 - see above
        await asyncio.sleep(0)


def test_who_waited_for_a_file_that_was_removed_holds_the_one_that_others_see(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "project")
    folders = open_repository(repository)

    async def land(holder: subprocess.Popen[str]) -> None:
        async def wait() -> None:
            async with landing_turn(folders, BRANCH):
                (seen,) = folders.locks.glob("land-*.lock")
                with pytest.raises(Timeout):
                    FileLock(seen).acquire(blocking=False)

        waiting = asyncio.create_task(wait())
        await somebody_waits()
        next(folders.locks.glob("land-*.lock")).unlink()
        holder.kill()
        async with asyncio.timeout(10):
            await waiting

    with holding(repository) as holder:
        asyncio.run(land(holder))


@pytest.mark.parametrize("failing", ["flock", "thread"])
def test_who_cannot_wait_is_told_and_keeps_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    repository = make_repository(tmp_path / "project")
    folders = open_repository(repository)
    really = fcntl.flock

    def refuse_to_wait(file: int, how: int) -> None:
        if not how & fcntl.LOCK_NB:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
        really(file, how)

    def refuse_to_start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def land() -> None:
        async with asyncio.timeout(10), landing_turn(folders, BRANCH):
            pytest.fail("two held the same turn")

    with holding(repository):
        before = psutil.Process().num_fds()
        if failing == "flock":
            monkeypatch.setattr("activities.landing_lock.fcntl.flock", refuse_to_wait)
        else:
            monkeypatch.setattr(threading.Thread, "start", refuse_to_start)
        with pytest.raises((RepositoryUnusable, RuntimeError), match=r"cannot be locked|new thread"):
            asyncio.run(land())
        monkeypatch.undo()
        assert psutil.Process().num_fds() == before


@pytest.mark.parametrize("broken", ["no locks here", "a link", "always another file"])
def test_a_disk_without_locks_is_said_and_nothing_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    folders = open_repository(make_repository(tmp_path / "project"))

    def refuse(_file: int, _how: int) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    async def land() -> None:
        async with landing_turn(folders, BRANCH):
            pass

    asyncio.run(land())
    if broken == "a link":
        (lock,) = folders.locks.glob("land-*.lock")
        lock.unlink()
        lock.symlink_to(tmp_path / "elsewhere")
    elif broken == "always another file":
        monkeypatch.setattr("activities.landing_lock.os.path.samestat", lambda _opened, _seen: False)
    else:
        monkeypatch.setattr("activities.landing_lock.fcntl.flock", refuse)
    with pytest.raises(RepositoryUnusable, match="cannot be locked"):
        asyncio.run(land())
    assert not (tmp_path / "elsewhere").exists()


def test_landings_of_two_processes_take_turns(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "project")
    log = tmp_path / "log"
    argv = [sys.executable, "-c", TURNS, str(repository), BRANCH, str(log)]
    started = [subprocess.Popen([*argv, name], stdin=subprocess.PIPE) for name in ("A", "B")]
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
    assert [process.wait(60) for process in started] == [0, 0]
    order = log.read_text()
    assert sorted(order) == ["A"] * 20 + ["B"] * 20
    both = order[: min(order.rindex("A"), order.rindex("B")) + 1]
    longest = max(len(same) for same in re.findall(r"A+|B+", both))
    assert longest <= MOST_IN_A_ROW, order


def test_a_turn_is_forgotten_when_nobody_waits_for_it(tmp_path: Path) -> None:
    folders = open_repository(make_repository(tmp_path / "project"))

    async def three() -> None:
        async def land() -> None:
            async with landing_turn(folders, BRANCH):
                await asyncio.sleep(0)

        await asyncio.gather(land(), land(), land())

    asyncio.run(three())
    assert landing_lock._queues == {}
