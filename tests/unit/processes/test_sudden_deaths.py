import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.machine.processes import (
    SupervisorLost,
    end_survivors,
    is_alive,
    process_start_time,
    run_command,
)
from tests.unit.processes.conftest import SEARCH_PATH, Scene
from tests.unit.processes.witness import wait_until_gone

ROOT = Path(__file__).parents[3]

OWNER = """
import asyncio, sys
from pathlib import Path
from planner.machine.processes import Command, run_command
folder, script, path, witness = Path(sys.argv[1]), *sys.argv[2:]
argv, environment = ("sh", "-euc", script), {"PATH": path, "WITNESS": witness}
command = Command(argv, folder, environment, 600, folder / "output", folder / "records", grace_seconds=0.5)
asyncio.run(run_command(command))
"""
# The main process, a child in its session, and a daemon that has left the session and lost its parent.
THREE = """exec 9>$WITNESS
(setsid sh -c 'echo $$ >&9; exec sleep 1000' &)
sleep 1000 &
echo $! >&9
echo $$ >&9
wait
"""


@pytest.fixture
def owner(scene: Scene) -> Iterator[subprocess.Popen[bytes]]:
    argv = [sys.executable, "-c", OWNER, str(scene.folder), THREE, SEARCH_PATH, str(scene.witness.path)]
    with subprocess.Popen(argv, cwd=ROOT) as process:
        yield process
        process.kill()


def the_record(scene: Scene) -> dict[str, Any]:
    (path,) = scene.recorded()
    record: dict[str, Any] = json.loads(path.read_text())
    return record


def test_the_death_of_the_owner_ends_the_tree(scene: Scene, owner: subprocess.Popen[bytes]) -> None:
    scene.witness.lines(3)
    supervisor = the_record(scene)["supervisor"]["pid"]
    owner.kill()
    scene.witness.wait_until_released()
    wait_until_gone(supervisor)
    assert scene.recorded() == []


def test_the_record_is_there_before_the_command_can_do_anything(scene: Scene) -> None:
    result = asyncio.run(run_command(scene.shell("cat records/*.json; echo; echo $$ $TASKS_PROCESS_TOKEN")))
    written, seen = result.output_tail.splitlines()
    record = json.loads(written)
    assert seen == f"{record['child']['pid']} {record['token']}"
    assert record["program"] == "sh"
    assert scene.recorded() == []


def test_without_a_record_the_command_does_nothing(scene: Scene) -> None:
    request = {
        "argv": ["touch", str(scene.folder / "trace")],
        "cwd": "/",
        "environment": {"PATH": SEARCH_PATH},
        "deadline_seconds": 60,
        "grace_seconds": 0.5,
        "output_path": str(scene.folder / "output"),
        "output_limit_bytes": 10_000,
        "record_path": str(scene.folder / "no-folder" / "0123.json"),
        "token": "0123",
    }
    argv = [sys.executable, "-I", "-S", str(ROOT / "planner/machine/process_supervisor.py")]
    line = json.dumps(request) + "\n"
    result = subprocess.run(argv, input=line, capture_output=True, text=True, check=False, timeout=60)
    assert "FileNotFoundError" in result.stderr
    assert result.stdout == ""
    assert not (scene.folder / "trace").exists()


def test_survivors_of_a_killed_owner_and_supervisor_are_found_and_ended(
    scene: Scene, owner: subprocess.Popen[bytes]
) -> None:
    pids = {int(line) for line in scene.witness.lines(3)}
    supervisor = the_record(scene)["supervisor"]["pid"]
    os.kill(supervisor, signal.SIGKILL)
    owner.kill()
    wait_until_gone(supervisor)
    ended = end_survivors(scene.records)
    scene.witness.wait_until_released()
    assert pids <= {survivor.process.pid for survivor in ended}
    assert {survivor.program for survivor in ended} == {"sh"}
    assert scene.recorded() == []
    assert end_survivors(scene.records) == []


def test_survivors_without_a_token_are_found_by_descent(scene: Scene) -> None:
    # `env -i` takes the token away; the one below the main process has left its session as well.
    script = (
        "exec 9>$WITNESS; env -i sleep 1000 & env -i setsid sleep 1000 &"
        "exec env -i sh -c 'kill -9 $PPID; echo killed >&9; wait; exec sleep 1000'"
    )
    with pytest.raises(SupervisorLost):
        asyncio.run(run_command(scene.shell(script)))
    scene.witness.wait_until_released()


def test_survivors_without_token_and_parent_are_found_by_their_session(scene: Scene) -> None:
    script = "exec 9>$WITNESS; env -i sleep 1000 & kill -9 $PPID"
    with pytest.raises(SupervisorLost):
        asyncio.run(run_command(scene.shell(script)))
    scene.witness.wait_until_released()


def test_a_supervisor_that_still_lives_is_asked_to_end_its_tree(
    scene: Scene, owner: subprocess.Popen[bytes]
) -> None:
    scene.witness.lines(3)
    record = the_record(scene)
    os.kill(record["child"]["pid"], signal.SIGSTOP)
    ended = end_survivors(scene.records)
    assert ended[0].process.pid == record["supervisor"]["pid"]
    scene.witness.wait_until_released()
    assert owner.wait(timeout=20) == 0  # the owner hears of a command that was stopped
    assert scene.recorded() == []


def test_an_owner_ends_what_its_killed_supervisor_left_and_says_so(scene: Scene) -> None:
    async def lose() -> None:
        running = asyncio.create_task(run_command(scene.shell(THREE)))
        await asyncio.to_thread(scene.witness.lines, 3)
        os.kill(the_record(scene)["supervisor"]["pid"], signal.SIGKILL)
        with pytest.raises(SupervisorLost, match="the supervisor of sh was lost"):
            await running

    asyncio.run(lose())
    scene.witness.wait_until_released()
    assert scene.recorded() == []


def test_a_stranger_who_got_the_pid_of_a_recorded_process_is_left_alone(scene: Scene) -> None:
    scene.records.mkdir()
    with subprocess.Popen(["sleep", "1000"], start_new_session=True) as stranger:
        start_time = process_start_time(stranger.pid)
        assert start_time is not None
        former = {"pid": stranger.pid, "start_time": start_time - 1}
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        record = {"program": "x", "boot_id": boot, "grace_seconds": 1, "supervisor": former, "child": former}
        (scene.records / "0123.json").write_text(json.dumps({"token": "0123", **record}))
        assert end_survivors(scene.records) == []
        assert is_alive(stranger.pid, start_time)
        (scene.records / "0123.json").write_text(
            json.dumps({**record, "boot_id": "another boot", "child": {**former, "start_time": start_time}})
        )
        assert end_survivors(scene.records) == []
        assert is_alive(stranger.pid, start_time)
        stranger.kill()
    assert scene.recorded() == []


def test_of_an_unreadable_record_the_token_in_its_name_is_enough(scene: Scene) -> None:
    scene.records.mkdir()
    (scene.records / "cafe.json").write_text("{")
    (scene.records / "beef.json.unfinished").write_text("{")
    with subprocess.Popen(
        ["sleep", "1000"], env={"PATH": SEARCH_PATH, "TASKS_PROCESS_TOKEN": "cafe"}
    ) as lost:
        assert [survivor.process.pid for survivor in end_survivors(scene.records)] == [lost.pid]
    assert lost.returncode == -signal.SIGTERM
    assert scene.recorded() == []


def test_a_folder_that_was_never_used_has_no_survivors(tmp_path: Path) -> None:
    assert end_survivors(tmp_path / "never") == []


def test_a_sigterm_to_the_supervisor_stops_the_command(scene: Scene) -> None:
    async def stop() -> None:
        running = asyncio.create_task(run_command(scene.shell(THREE)))
        await asyncio.to_thread(scene.witness.lines, 3)
        supervisor = the_record(scene)["supervisor"]["pid"]
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            os.kill(supervisor, number)
        result = await running
        assert (result.stopped, result.timed_out, result.signal) == (True, False, signal.SIGTERM)

    asyncio.run(stop())
    scene.witness.wait_until_released()


def test_the_supervisor_imports_nothing_slow_and_nothing_foreign() -> None:
    script = "import sys; exec(open(sys.argv[1]).read(), {'__name__': 'imported'})"
    path = str(ROOT / "planner/machine/process_supervisor.py")
    argv = [sys.executable, "-I", "-S", "-c", f"{script}; print(*sys.modules)", path]
    loaded = set(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split())
    assert loaded >= {"ctypes", "json"}
    slow = {"pathlib", "subprocess", "typing", "dataclasses", "asyncio", "tempfile", "inspect"}
    assert not loaded & {*slow, "planner", "schemas"}
