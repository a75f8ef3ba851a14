import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.machine.processes import ShortCommandFailed, run_short
from tests.unit.processes.conftest import Scene
from tests.unit.processes.witness import children_of_ours, open_descriptors, wait_until_gone


def test_output_and_exit_code_are_returned_apart(tmp_path: Path) -> None:
    result = run_short(["sh", "-c", "echo out; echo err >&2; exit 4"], tmp_path)
    assert (result.exit_code, result.stdout, result.stderr, result.ok) == (4, b"out\n", b"err\n", False)
    assert result.text == "out"


def test_input_is_passed_and_without_any_stdin_is_empty(tmp_path: Path) -> None:
    assert run_short(["cat"], tmp_path, input_data=b"x" * 300_000).stdout == b"x" * 300_000
    assert run_short(["cat"], tmp_path).stdout == b""


def test_the_environment_is_exactly_the_one_given(tmp_path: Path) -> None:
    assert run_short(["/usr/bin/env"], tmp_path, {"A": "b"}).stdout == b"A=b\n"


def test_a_missing_program_is_a_result(tmp_path: Path) -> None:
    result = run_short(["no-such-program-anywhere"], tmp_path)
    assert (result.exit_code, result.ok) == (127, False)
    assert b"cannot start no-such-program-anywhere: No such file" in result.stderr


def test_a_file_that_cannot_be_executed_is_a_result(tmp_path: Path) -> None:
    (tmp_path / "data").touch(mode=0o600)
    assert run_short([str(tmp_path / "data")], tmp_path).exit_code == 126


def test_a_missing_working_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_short(["true"], tmp_path / "no-folder")


def test_a_command_that_is_too_slow_is_killed_with_its_group(scene: Scene) -> None:
    script = f"exec 9>{scene.witness.path}; trap '' TERM; sleep 1000 & echo begun; echo $$ >&9; wait"
    result = run_short(["sh", "-c", script], scene.folder, timeout_seconds=2)
    assert (result.timed_out, result.ok, result.exit_code, result.stdout) == (True, False, -9, b"begun\n")
    scene.witness.wait_until_released()


def test_a_daemon_that_holds_the_output_open_costs_the_time_and_not_the_result(scene: Scene) -> None:
    script = f"exec 9>{scene.witness.path}; setsid sh -c 'echo $$ >&9; exec sleep 1000' & echo done"
    result = run_short(["sh", "-c", script], scene.folder, timeout_seconds=2)
    (daemon,) = scene.witness.lines(1)
    os.kill(int(daemon), 15)
    wait_until_gone(int(daemon))
    assert (result.exit_code, result.stdout, result.timed_out) == (0, b"done\n", False)


def test_a_checked_command_raises_what_was_run_where_and_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(ShortCommandFailed) as caught:
        run_short(["git", "status"], tmp_path, check=True)
    assert "git status failed (128)" in caught.value.message
    assert str(tmp_path) in caught.value.message
    assert "not a git repository" in caught.value.message
    with pytest.raises(ShortCommandFailed, match=r"took longer than 0\.2 s"):
        run_short(["sleep", "1000"], tmp_path, timeout_seconds=0.2, check=True)
    assert run_short(["git", "--version"], tmp_path, check=True).text.startswith("git version")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    run_short(["true"], tmp_path)
    before, children = open_descriptors(), children_of_ours()
    for argv in (["true"], ["no-such-program-anywhere"], ["sleep", "1000"]):
        run_short(argv, tmp_path, timeout_seconds=0.1)
    assert open_descriptors() == before
    assert children_of_ours() == children


def test_an_interrupt_kills_the_command(scene: Scene) -> None:
    program = (
        "import sys; from pathlib import Path; from planner.machine.processes import run_short;"
        # It reads its input first: once it writes, its caller waits for it.
        f"run_short(['sh', '-c', 'read word; exec 9>{scene.witness.path}; echo $$ >&9; exec sleep 1000'],"
        "Path('/'), input_data=b'go\\n')"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", program], cwd=root, stderr=subprocess.PIPE) as caller:
        scene.witness.lines(1)
        caller.send_signal(2)
        scene.witness.wait_until_released()
        assert b"KeyboardInterrupt" in caller.communicate(timeout=20)[1]


def test_a_command_that_closes_its_output_and_goes_on_is_killed_in_time(tmp_path: Path) -> None:
    begin = time.monotonic()
    found = run_short(["sh", "-c", "exec >&- 2>&-; exec sleep 60"], tmp_path, timeout_seconds=1)
    assert found.timed_out
    assert 1 <= time.monotonic() - begin < 10
