"""Surroundings in which a command cannot do its work, or cannot say what it did."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.bad_input.case import DEADLINE_SECONDS, BadInput, check_case
from tests.end_to_end.bad_input.world import DOCUMENT, World
from tests.end_to_end.tasks_command import TASKS

PLAN = "plan -f spec.md"
CYCLE = DOCUMENT.replace("id: A\n", "id: A\nafter: [B]\n")


def shell(world: World, line: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of a shell in which @tasks is the command; a pipe fails when any part of it fails."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("@tasks", shlex.quote(str(TASKS)))],
        cwd=world.project,
        env={**world.environment, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def test_a_document_whose_name_is_not_utf_8_is_refused(world: World) -> None:
    name = os.fsdecode(b"\xff.md")
    (world.project / name).write_text(DOCUMENT, encoding="utf-8")
    before = world.snapshot()
    done = shell(world, "@tasks plan -f $'\\xff.md'")
    assert (done.returncode, done.stdout) == (1, b""), done.stderr
    assert b"name is not UTF-8" in done.stderr
    assert b"rename it" in done.stderr
    assert world.snapshot() == before


def test_a_path_that_is_not_utf_8_is_refused_for_a_plan_and_for_a_repository(world: World) -> None:
    world.write("spec.md", DOCUMENT)
    shutil.copytree(world.project, world.folder / os.fsdecode(b"\xff"), symlinks=True)
    before = world.snapshot()
    planned = shell(world, "@tasks plan -f spec.md -o $'\\xff'")
    assert (planned.returncode, planned.stdout) == (1, b""), planned.stderr
    assert b"is not UTF-8" in planned.stderr
    assert b"--output-dir" in planned.stderr
    executed = shell(world, "@tasks execute tasks_output --repo ../$'\\xff'")
    assert (executed.returncode, executed.stdout) == (1, b""), executed.stderr
    assert b"is not UTF-8" in executed.stderr
    assert world.snapshot() == before
    shown = shell(world, "@tasks show-plan ../$'\\xff'/tasks_output --json")
    assert shown.returncode == 0, shown.stderr
    assert b"/\xff/tasks_output" in shown.stdout
    from_there = shell(world, "cd ../$'\\xff' && @tasks plan -f spec.md -o ../project/out")
    assert from_there.returncode == 0, from_there.stderr


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_umlauts_are_read_and_printed_in_any_locale(locale: str, world: World) -> None:
    world.write("spec.md", DOCUMENT.replace("Change the app", "Ändere die App"))
    done = shell(world, "@tasks plan -f spec.md -o grün && @tasks show-plan grün", LC_ALL=locale)
    assert done.returncode == 0, done.stderr
    assert "Ändere die App" in done.stdout.decode()


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_closed_stream_does_not_change_what_a_command_does(closed: str, world: World) -> None:
    world.write("spec.md", DOCUMENT)
    done = shell(world, f"@tasks plan -f spec.md -o out {closed}")
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert shell(world, "@tasks validate-plan out").returncode == 0


def test_a_closed_stdin_is_an_empty_one(world: World) -> None:
    for command in ("plan -f -", "execute -"):
        done = shell(world, f"@tasks {command} <&-")
        assert (done.returncode, done.stdout) == (1, b""), done.stderr
        assert b"stdin is empty" in done.stderr


def test_an_endless_stdin_is_not_read_to_its_end(world: World) -> None:
    for command in ("plan -f -", "execute -"):
        done = shell(world, f"@tasks {command} < /dev/zero")
        assert (done.returncode, done.stdout) == (1, b""), done.stderr
        assert b"stdin" in done.stderr


@pytest.mark.parametrize("reader", ["| head -c 0", "2>&1 | head -c 0"])
def test_a_reader_who_has_seen_enough_does_not_turn_a_rejected_plan_into_a_good_one(
    reader: str, world: World
) -> None:
    world.edit("tasks.json", '"Write a"', '"Write z"')
    assert shell(world, f"@tasks validate-plan tasks_output --json {reader}").returncode == 5
    assert shell(world, f"@tasks schema tasks {reader}").returncode == 0


def test_a_full_disk_behind_stdout_is_said(world: World) -> None:
    world.write("spec.md", DOCUMENT)
    done = shell(world, "@tasks schema tasks > /dev/full")
    assert done.returncode == 1, done.stderr
    assert b"the result cannot be written to stdout: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_full_disk_behind_stderr_does_not_change_the_exit_code(world: World) -> None:
    assert shell(world, "@tasks plan -f nothing.md 2> /dev/full").returncode == 1
    assert shell(world, "@tasks validate-plan tasks_output 2> /dev/full").returncode == 0


def test_a_folder_that_was_removed_is_no_place_to_stand_in(world: World, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for command in ("plan -f spec.md", f"execute {world.plan}", "runs", "list-plans", "doctor"):
        done = shell(world, f"mkdir {gone} && cd {gone} && rmdir {gone} && @tasks {command}")
        assert (done.returncode, done.stdout) == (1, b""), (command, done.stderr)
        assert b"the current folder" in done.stderr, (command, done.stderr)
        assert b"cd" in done.stderr


def test_a_home_that_is_no_folder_costs_a_plan_nothing_but_its_entry_in_the_list(world: World) -> None:
    world.write("spec.md", DOCUMENT)
    environment = {name: value for name, value in world.environment.items() if name != "TASKS_STATE_DIR"}
    line = "unset TASKS_STATE_DIR; HOME=/dev/null @tasks plan -f spec.md -o out"
    done = shell(world, line, **environment)
    assert done.returncode == 0, done.stderr
    assert b"warning: the state folder /dev/null/" in done.stderr
    assert b"TASKS_STATE_DIR" in done.stderr
    listed = shell(world, "unset TASKS_STATE_DIR; HOME=/dev/null @tasks list-plans --json")
    assert (listed.returncode, listed.stdout) == (0, b"[]\n"), listed.stderr


def test_a_folder_for_temporary_files_that_is_gone_does_not_matter(world: World) -> None:
    world.write("spec.md", CYCLE)
    case = BadInput("", PLAN, 3, ("circle",), environment={"TMPDIR": "WORLD/gone"}, rejected_plan=True)
    check_case(case, world)


def test_without_git_a_plan_is_made_all_the_same(world: World) -> None:
    world.write("spec.md", DOCUMENT)
    done = shell(world, "PATH=/nowhere @tasks plan -f spec.md -o out")
    assert done.returncode == 0, done.stderr
