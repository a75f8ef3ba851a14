import asyncio
import signal
import sys

import pytest

from planner.machine.process_table import read_process_table
from planner.machine.processes import Command, CommandNotStarted, CommandResult, ProgressLine, run_command
from tests.unit.processes.conftest import Scene
from tests.unit.processes.witness import children_of_ours, open_descriptors

# A grandchild that has left its session and lost its parent, and that will not listen to SIGTERM.
DAEMON = "(setsid sh -c 'trap \"\" TERM; echo $$ >&9; while :; do sleep 1000; done' &)"


def run(command: Command) -> CommandResult:
    return asyncio.run(run_command(command))


def test_a_command_that_succeeds_says_so(scene: Scene) -> None:
    result = run(scene.shell("echo out; echo err >&2; echo end"))
    assert result.ok
    assert (result.exit_code, result.signal, result.left_over, result.problems) == (0, None, 0, ())
    assert result.output_tail == "out\nerr\nend\n"
    assert result.output_bytes == len("out\nerr\nend\n")
    assert 0 < result.duration_seconds < 30


def test_a_command_that_fails_is_a_result_with_its_exit_code(scene: Scene) -> None:
    result = run(scene.shell("exit 3"))
    assert not result.ok
    assert (result.exit_code, result.stopped, result.timed_out) == (3, False, False)


def test_a_command_that_a_signal_ends_has_a_signal_and_no_exit_code(scene: Scene) -> None:
    result = run(scene.shell("kill -SEGV $$"))
    assert (result.exit_code, result.signal, result.stopped) == (None, signal.SIGSEGV, False)


def test_a_missing_program_is_a_result(scene: Scene) -> None:
    result = run(scene.command("no-such-program-anywhere"))
    assert result.not_found
    assert result.exit_code == 127
    assert "cannot start no-such-program-anywhere" in result.output_tail
    assert "No such file or directory" in result.output_tail
    assert scene.recorded() == []


def test_a_file_that_cannot_be_executed_is_a_result_of_another_kind(scene: Scene) -> None:
    (scene.folder / "data").write_text("no program")
    result = run(scene.command("./data"))
    assert (result.exit_code, result.not_found) == (126, False)
    assert "Permission denied" in result.output_tail


def test_a_missing_working_folder_is_named(scene: Scene) -> None:
    with pytest.raises(CommandNotStarted, match="no-folder: No such file or directory"):
        run(scene.command("true", cwd=scene.folder / "no-folder"))
    assert scene.recorded() == []


@pytest.mark.parametrize(
    "wrong",
    [{"argv": ()}, {"deadline_seconds": 0.0}, {"deadline_seconds": float("inf")}, {"grace_seconds": -1}],
)
def test_a_command_without_sense_is_refused(scene: Scene, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"argv|seconds"):
        scene.command("true", **wrong)


def test_a_command_sees_its_own_environment_and_a_token_and_nothing_else(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_SECRET", "must not leak")
    result = run(scene.command("env", environment={"PATH": "/usr/bin:/bin", "ODD": "a\nb=ü\udcff"}))
    names = {line.partition("=")[0] for line in result.output_tail.splitlines()}
    assert names == {"PATH", "ODD", "b", "TASKS_PROCESS_TOKEN"}


def test_a_command_gets_an_empty_stdin_and_three_descriptors_and_default_signals(scene: Scene) -> None:
    script = "import os, signal, sys; print(sys.stdin.read() == '', sorted(os.listdir('/proc/self/fd')))"
    script += "; print(open('/proc/self/status').read())"
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM])
    try:
        result = run(scene.command(sys.executable, "-I", "-S", "-c", script))
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1, signal.SIGTERM])
    status = dict(line.split(":\t") for line in result.output_tail.splitlines() if ":\t" in line)
    assert result.output_tail.startswith("True ['0', '1', '2', '3']")  # 3 is the listing itself
    assert int(status["SigBlk"], 16) == 0
    # Python itself ignores SIGPIPE and SIGXFSZ when it starts; 32 and 33 belong to the C library.
    checked = set(signal.valid_signals()) - {signal.SIGPIPE, signal.SIGXFSZ}
    assert [number for number in checked if int(status["SigIgn"], 16) >> (number - 1) & 1] == []


def test_a_command_leads_a_session_of_its_own(scene: Scene) -> None:
    pid, session = run(scene.shell("echo $$; cut -d' ' -f6 /proc/$$/stat")).output_tail.split()
    assert session == pid


def test_sigpipe_ends_a_command_as_in_a_shell(scene: Scene) -> None:
    assert "Broken pipe" not in run(scene.shell("yes | head -n 1")).output_tail


def test_a_command_that_is_too_slow_is_ended_with_all_it_has_started(scene: Scene) -> None:
    script = f"exec 9>$WITNESS; {DAEMON}; echo begun; exec sleep 1000"
    result = run(scene.shell(script, deadline_seconds=2, grace_seconds=0.2))
    assert (result.timed_out, result.stopped, result.signal) == (True, False, signal.SIGTERM)
    assert result.output_tail == "begun\n"
    scene.witness.wait_until_released()
    assert scene.recorded() == []


def test_a_command_that_ignores_sigterm_is_killed_after_the_grace(scene: Scene) -> None:
    script = "trap '' TERM; while :; do sleep 0.05; done"
    result = run(scene.shell(script, deadline_seconds=2, grace_seconds=0.2))
    assert (result.timed_out, result.signal) == (True, signal.SIGKILL)


def test_a_command_may_clean_up_within_its_grace(scene: Scene) -> None:
    script = "trap 'sleep 0.1; echo cleaned; exit 5' TERM; while :; do sleep 0.05; done"
    result = run(scene.shell(script, deadline_seconds=2, grace_seconds=20.0))
    assert (result.timed_out, result.exit_code, result.output_tail.splitlines()[-1]) == (True, 5, "cleaned")


def test_a_background_process_that_is_left_over_is_ended_and_counted(scene: Scene) -> None:
    result = run(scene.shell("exec 9>$WITNESS; sleep 1000 & (setsid sleep 1000 &); exit 0"))
    assert result.ok
    assert result.left_over == 2
    scene.witness.wait_until_released()


def test_a_pipeline_that_ends_a_moment_later_is_not_left_over(scene: Scene) -> None:
    assert run(scene.shell("(sleep 0.02; echo late) & exit 0")).left_over == 0


def test_cancelling_ends_the_whole_tree_before_the_cancellation_goes_on(scene: Scene) -> None:
    async def cancel() -> None:
        command = scene.shell(f"exec 9>$WITNESS; {DAEMON}; echo $$ >&9; exec sleep 1000", grace_seconds=0.2)
        running = asyncio.create_task(run_command(command))
        pids = {int(line) for line in await asyncio.to_thread(scene.witness.lines, 2)}
        running.cancel()
        await asyncio.wait({running}, timeout=0.01)
        running.cancel()  # again, while it waits for the end of the tree
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not read_process_table().keys() & pids
        assert scene.recorded() == []

    asyncio.run(cancel())


def test_a_timeout_around_a_command_is_a_timeout(scene: Scene) -> None:
    async def limited() -> None:
        async with asyncio.timeout(0.2):
            await run_command(scene.shell("exec 9>$WITNESS; exec sleep 1000"))

    with pytest.raises(TimeoutError):
        asyncio.run(limited())
    scene.witness.wait_until_released()


def test_cancelling_at_once_leaves_nothing(scene: Scene) -> None:
    async def cancel() -> None:
        running = asyncio.create_task(run_command(scene.shell("exec 9>$WITNESS; exec sleep 1000")))
        await asyncio.sleep(0)  # it begins, and has got no further than its first wait
        running.cancel()
        done, _ = await asyncio.wait({running}, timeout=15)  # less than the patience with one that hangs
        assert done
        assert running.cancelled()

    asyncio.run(cancel())
    assert scene.recorded() == []


def test_progress_lines_are_told_while_the_command_runs(scene: Scene) -> None:
    heard: list[ProgressLine] = []
    (scene.folder / "heard").touch()

    def hear(progress: ProgressLine) -> None:
        heard.append(progress)
        (scene.folder / f"heard-{progress.percent}").touch()

    # The command goes on only after its first line was heard: it was told before the end.
    script = (
        "echo TASKS_PROGRESS 25 reading; while ! [ -e heard-25 ]; do sleep 0.01; done;"
        "echo ' TASKS_PROGRESS 30 not at the beginning'; echo TASKS_PROGRESS 101 too much;"
        "printf 'TASKS_PROGRESS 50'; sleep 0.05; echo ' in two parts'"
    )
    result = asyncio.run(run_command(scene.shell(script), hear))
    assert result.ok
    assert [(line.percent, line.name) for line in heard] == [(25, "reading"), (50, "in two parts")]
    assert heard[0].output_bytes == len("TASKS_PROGRESS 25 reading\n")


def test_an_error_of_the_listener_ends_the_command_and_is_raised(scene: Scene) -> None:
    def fail(_progress: ProgressLine) -> None:
        raise LookupError("the listener's own")

    script = "exec 9>$WITNESS; echo TASKS_PROGRESS 1 x; exec sleep 1000"
    with pytest.raises(LookupError, match="the listener's own"):
        asyncio.run(run_command(scene.shell(script), fail))
    scene.witness.wait_until_released()


def test_a_flood_of_progress_does_not_hold_up_the_deadline(scene: Scene) -> None:
    script = "exec yes 'TASKS_PROGRESS 50 flood'"
    result = run(scene.shell(script, deadline_seconds=0.5))
    assert result.timed_out
    assert result.duration_seconds < 10


def test_twenty_commands_at_once_end_each_with_its_own_result(scene: Scene) -> None:
    async def all_of_them() -> list[CommandResult]:
        commands = [
            scene.shell(f"echo number {n}; exit {n}", output_path=scene.folder / f"{n}.txt")
            for n in range(20)
        ]
        return await asyncio.gather(*(run_command(command) for command in commands))

    results = asyncio.run(all_of_them())
    assert [result.exit_code for result in results] == list(range(20))
    assert [result.output_tail for result in results] == [f"number {n}\n" for n in range(20)]
    assert scene.recorded() == []


def test_neither_a_zombie_nor_a_descriptor_is_left(scene: Scene) -> None:
    async def some_of_all_kinds() -> None:
        await run_command(scene.shell("true"))
        await run_command(scene.command("no-such-program-anywhere"))
        await run_command(scene.shell("exec sleep 1000", deadline_seconds=0.1))
        await run_command(scene.shell("sleep 1000 & exit 0"))
        running = asyncio.create_task(run_command(scene.shell("exec sleep 1000")))
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait({running})

    run(scene.shell("true"))
    before, children = open_descriptors(), children_of_ours()
    asyncio.run(some_of_all_kinds())
    assert open_descriptors() == before
    assert children_of_ours() == children
