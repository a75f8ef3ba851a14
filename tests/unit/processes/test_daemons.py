import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.machine.process_table import LONGEST_EXEC_SECONDS, ProcessRow, session_members, variable_of
from planner.machine.processes import (
    CommandNotStarted,
    ProcessIdentity,
    end_process,
    end_tree,
    is_alive,
    process_start_time,
    spawn_daemon,
)
from tests.unit.processes.conftest import SEARCH_PATH, Scene
from tests.unit.processes.witness import wait_until_gone

ROOT = Path(__file__).parents[3]


def spawn_shell(scene: Scene, script: str) -> tuple[int, int]:
    environment = {"PATH": SEARCH_PATH, "WITNESS": str(scene.witness.path)}
    daemon = spawn_daemon(
        ["sh", "-euc", script], environment, scene.folder / "log" / "daemon.log", scene.folder
    )
    return daemon.pid, daemon.start_time


def test_a_daemon_lives_in_a_session_of_its_own_and_writes_its_log(scene: Scene) -> None:
    pid, start_time = spawn_shell(
        scene, "exec 9>$WITNESS; echo begun; echo wrong >&2; echo $$ >&9; exec sleep 1000"
    )
    assert scene.witness.lines(1) == [str(pid)]
    assert os.getsid(pid) == pid
    assert is_alive(pid, start_time)
    assert process_start_time(pid) == start_time
    assert (scene.folder / "log" / "daemon.log").read_text() == "begun\nwrong\n"
    assert end_process(pid, start_time)
    assert not is_alive(pid, start_time)
    assert end_process(pid, start_time)  # again: it is gone, and that was asked for


def test_a_log_is_continued(scene: Scene) -> None:
    for word in ("first", "second"):
        pid, _ = spawn_shell(scene, f"echo {word}")
        wait_until_gone(pid)
    assert (scene.folder / "log" / "daemon.log").read_text() == "first\nsecond\n"


def test_a_daemon_that_outlives_us_goes_on(scene: Scene) -> None:
    program = (
        "import sys; from pathlib import Path; from planner.machine.processes import spawn_daemon;"
        "spawn_daemon(['sh', '-c', 'exec 9>$WITNESS; echo $$ >&9; exec sleep 1000'],"
        "{'PATH': sys.argv[1], 'WITNESS': sys.argv[2]}, Path(sys.argv[3]), Path('/'))"
    )
    argv = [sys.executable, "-c", program, SEARCH_PATH, str(scene.witness.path), str(scene.folder / "log")]
    subprocess.run(argv, cwd=ROOT, check=True, timeout=20)
    pid = int(scene.witness.lines(1)[0])
    start_time = process_start_time(pid)
    assert start_time is not None
    assert is_alive(pid, start_time)
    assert end_process(pid, start_time)
    scene.witness.wait_until_released()


def test_a_daemon_that_ends_early_is_no_zombie(scene: Scene) -> None:
    pid, start_time = spawn_shell(scene, "exit 0")
    wait_until_gone(pid)
    assert not is_alive(pid, start_time)


def test_a_program_that_is_missing_is_named(scene: Scene) -> None:
    with pytest.raises(CommandNotStarted, match="no-such-program-anywhere cannot be started"):
        spawn_daemon(["no-such-program-anywhere"], {}, scene.folder / "log", scene.folder)


def test_a_process_that_ignores_sigterm_is_killed_after_the_grace(scene: Scene) -> None:
    pid, start_time = spawn_shell(
        scene, "trap '' TERM; exec 9>$WITNESS; echo $$ >&9; while :; do sleep 0.05; done"
    )
    scene.witness.lines(1)
    assert end_process(pid, start_time, grace_seconds=0.2)
    scene.witness.wait_until_released()


def test_a_process_with_the_same_pid_and_another_start_is_not_ended(scene: Scene) -> None:
    pid, start_time = spawn_shell(scene, "exec 9>$WITNESS; echo $$ >&9; exec sleep 1000")
    scene.witness.lines(1)
    assert not is_alive(pid, start_time + 1)
    assert end_process(pid, start_time + 1)
    assert end_tree(pid, start_time + 1)
    assert is_alive(pid, start_time)
    assert end_process(pid, start_time)


def test_a_tree_is_ended_with_those_that_left_the_session_or_lost_their_parent(scene: Scene) -> None:
    script = "exec 9>$WITNESS; setsid sleep 1000 & echo $! >&9; (sleep 1000 & echo $! >&9); echo $$ >&9; wait"
    pid, start_time = spawn_shell(scene, script)
    scene.witness.lines(3)
    assert end_tree(pid, start_time, grace_seconds=1.0)
    scene.witness.wait_until_released()


def test_a_session_is_ended_though_its_leader_is_dead(scene: Scene) -> None:
    pid, start_time = spawn_shell(scene, "exec 9>$WITNESS; sleep 1000 & echo $! >&9; exit 0")
    scene.witness.lines(1)
    wait_until_gone(pid)
    assert end_tree(pid, start_time)
    scene.witness.wait_until_released()


def test_we_end_our_children_and_never_ourselves_or_our_ancestors() -> None:
    # In a process of its own: the children of this one may be other tests' servers.
    program = """
import os, subprocess
from planner.machine.process_table import variable_of
from planner.machine.processes import end_tree, process_start_time
with subprocess.Popen(["sleep", "1000"]) as child:
    ended = end_tree(os.getpid(), process_start_time(os.getpid()), grace_seconds=1.0)
    print(ended, child.wait(timeout=20))
    print(end_tree(os.getppid(), process_start_time(os.getppid()), grace_seconds=1.0))
"""
    argv = ["sh", "-c", '"$0" -c "$1"; exit $?', sys.executable, program]
    result = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout == "True -15\nTrue\n"


def test_nothing_of_a_stranger_who_took_over_the_pid_is_in_our_session() -> None:
    stranger = ProcessRow(ProcessIdentity(7, 200), parent=1, session=7, running=True)
    follower = ProcessRow(ProcessIdentity(8, 201), parent=7, session=7, running=True)
    table = {7: stranger, 8: follower}
    assert session_members(table, stranger.identity) == {7, 8}
    assert session_members(table, ProcessIdentity(7, 100)) == set()
    assert session_members({8: follower}, ProcessIdentity(7, 100)) == {8}  # the leader has ended
    assert session_members({8: follower}, ProcessIdentity(7, 202)) == set()  # older than the leader


def test_a_process_that_becomes_another_program_keeps_its_mark_all_the_time(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "MARK": "mine"}
    seen: set[str] = set()
    for _ in range(30):
        process = spawn_daemon(["bash", "-c", "exec sleep 1000"], environment, tmp_path / "log", tmp_path)
        try:
            while Path(f"/proc/{process.pid}/exe").readlink().name == "bash":
                seen.add(variable_of(process.pid, "MARK"))
            seen.add(variable_of(process.pid, "MARK"))
        finally:
            end_tree(process.pid, process.start_time, 0)
    assert seen == {"mine"}


def test_a_process_without_any_environment_is_not_waited_for(tmp_path: Path) -> None:
    process = spawn_daemon(["sleep", "1000"], {}, tmp_path / "log", tmp_path)
    try:
        while Path(f"/proc/{process.pid}/exe").readlink().name != "sleep":
            assert variable_of(process.pid, "MARK") == ""
        begin = time.monotonic()
        assert variable_of(process.pid, "MARK") == ""
        assert time.monotonic() - begin < LONGEST_EXEC_SECONDS
    finally:
        end_tree(process.pid, process.start_time, 0)
