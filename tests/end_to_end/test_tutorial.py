"""The stranger's first session, word for word: what it tells to type is typed, what it shows must appear."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.tasks_command import run_tasks
from tests.end_to_end.terminal import terminal
from tests.end_to_end.user_machine import running_for_tasks
from tests.end_to_end.written_session import Step, as_shown, matches, read_session
from tests.small_project import git

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENT = CHECKOUT / "docs" / "tutorial" / "first-session.md"
DEADLINE = 400  # the demo on a machine that is busy with other things
BEGIN, END = "\x1e", "\x1f"
# Each step is read from a file, so that it may be anything that can be typed.
RUN_STEP = f"""
step() {{
    printf '{BEGIN}%s{END}' "$1"
    (exit "$code")
    . "$2" </dev/null
    code=$?
    printf '{BEGIN}ended %s{END}' "$code"
    [ "$code" = "$3" ] || exit 99
}}
code=0
cd
"""


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody with an empty home, whose machine has fetched the same packages before."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(Path(os.environ["HOME"]) / ".gitconfig", home)
    own = str(CHECKOUT / ".venv" / "bin")
    packages = Path(os.environ["TASKS_CACHE_DIR"]).with_name("uv")
    environment = {
        **({"UV_CACHE_DIR": str(packages)} if packages.is_dir() else {}),
        **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        "HOME": str(home),
        "PATH": os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if folder != own),
        "TASKS_STATE_DIR": str(home / ".state"),
        "GIT_PAGER": "cat",
    }
    yield environment
    stopped = run_tasks(["down"], home, environment)
    assert stopped.returncode == 0, stopped.stderr
    assert running_for_tasks(home) == []


def repository_of_this_checkout(folder: Path) -> Path:
    """Return a repository with what is in the working tree now: what a stranger would clone."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "As it is")
    return folder


def script_of(steps: list[Step], folder: Path, repository: Path) -> Path:
    """Write the session as a script for bash and return it."""
    folder.mkdir()
    lines = [RUN_STEP]
    for number, step in enumerate(steps):
        file = folder / str(number)
        if step.file:
            file.write_text(step.text, encoding="utf-8")
            lines.append(f'cp {file} "$PWD/{step.file}"')
            continue
        file.write_text(step.command.replace("<this repository>", str(repository)) + "\n", encoding="utf-8")
        lines.append(f"step {number} {file} {step.expected_code()}")
    script = folder / "session.sh"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return script


@pytest.mark.timeout(DEADLINE + 100)
def test_every_command_of_the_first_session_does_what_the_document_shows(
    temporal_binary: Path, tmp_path: Path, stranger: dict[str, str]
) -> None:
    steps = read_session(DOCUMENT)
    home = Path(stranger["HOME"])
    script = script_of(steps, tmp_path / "steps", repository_of_this_checkout(tmp_path / "origin"))
    with terminal(["bash", script], home, stranger, rows=50, columns=110) as session:
        code = session.end(DEADLINE)
    said = session.shown()
    (tmp_path / "session.log").write_text(said, encoding="utf-8")
    for number, step in enumerate(steps):
        if step.command:
            compare(step, said, number, home)
    assert code == 0, said[-2000:]


def compare(step: Step, said: str, number: int, home: Path) -> None:
    """Compare what a step has printed, and its exit code, with what the document shows."""
    where = f"{DOCUMENT.name}:{step.line}: $ {step.command}"
    _, begun, rest = said.partition(f"{BEGIN}{number}{END}")
    printed, ended, after = rest.partition(f"{BEGIN}ended ")
    assert begun, f"{where}\nwas not reached:\n{said[-2000:]}"
    assert ended, f"{where}\nhas not ended:\n{printed}"
    assert after.partition(END)[0] == str(step.expected_code()), f"{where}\n{printed}"
    shown = as_shown("\n".join(step.shown), home)
    message = f"{where}\nis said to print\n{shown}\nand printed\n{printed}"
    assert matches(shown, as_shown(printed, home)), message


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("one\n...\nthree", "one\nthree\n"),
        ("one\n...\nthree", "one\n2\n2\nthree\n"),
        ("took 3 s on 1a2b3c4 ...", "took   12 min 5 s on 99ffee1  whatever\n\n"),
        ("/home/you/words", "/home/somebody/words\n"),
        ("", ""),
    ],
)
def test_output_that_differs_only_in_what_differs_each_time_is_the_same(shown: str, printed: str) -> None:
    home = Path("/home/somebody")
    assert matches(as_shown(shown, home), as_shown(printed, home))


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("one", "one\ntwo\n"),
        ("one\ntwo", "two\none\n"),
        ("one\n...", "two\n"),
        ("on", "one\n"),
        ("", "error: something\n"),
        ("1 of 3 tasks landed", "2 of 3 tasks landed\n"),
    ],
)
def test_output_that_is_not_as_shown_is_noticed(shown: str, printed: str) -> None:
    assert not matches(as_shown(shown, Path("/x")), as_shown(printed, Path("/x")))
