from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from activities.landing_lock import LandingBusy, landing_lock
from planner.machine.repository_folders import RepositoryFolders
from tests.unit.git.sample_repository import FEATURE

HOLDER = """
import sys
from pathlib import Path
from activities.landing_lock import landing_lock
from planner.machine.repository_folders import open_repository
with landing_lock(open_repository(Path(sys.argv[1])), sys.argv[2], 5):
    print("held", flush=True)
    sys.stdin.read()
"""
REPOSITORY = Path(__file__).parents[3]


def test_the_lock_is_free_as_soon_as_its_process_is_killed(folders: RepositoryFolders) -> None:
    command = [sys.executable, "-c", HOLDER, str(folders.top), FEATURE]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        beats: list[int] = []
        with (
            pytest.raises(LandingBusy, match="has not ended within"),
            landing_lock(folders, FEATURE, 0.5, lambda: beats.append(1)),
        ):
            pytest.fail("two hold the lock")
        assert beats, "whoever waits must be able to send a heartbeat"
        with landing_lock(folders, "feature/other", 0):
            pass
        holder.kill()
        with landing_lock(folders, FEATURE, 10):
            pass


def test_two_threads_never_land_at_once(folders: RepositoryFolders) -> None:
    inside, most = 0, 0

    def land() -> None:
        nonlocal inside, most
        for _ in range(3):
            with landing_lock(folders, FEATURE, 60):
                inside += 1
                most = max(most, inside)
                (folders.tasks / "landing").write_text("x")
                inside -= 1

    threads = [threading.Thread(target=land) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_what_the_heartbeat_raises_ends_the_waiting(folders: RepositoryFolders) -> None:
    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    with (
        landing_lock(folders, FEATURE, 0),
        pytest.raises(Cancelled),
        landing_lock(folders, FEATURE, 60, cancel),
    ):
        pytest.fail("two hold the lock")
