"""One row of the table of bad input, and everything that must hold for each of them."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest

from planner.storage.plan_folder import parse_plan_folder
from tests.end_to_end.bad_input.world import World
from tests.end_to_end.tasks_command import TASKS

DEADLINE_SECONDS = 60
Answers = Mapping[str, Future[None]]


@dataclass(frozen=True, slots=True)
class BadInput:
    """A mistake and its answer.

    `arguments` are split as a shell does; in them, in `says` and in `environment`, WORLD is the folder of the
    world. A variable that is None is unset. `prepare` spoils the world, `files` are written into the project.
    """

    name: str
    arguments: str
    code: int
    says: tuple[str, ...]
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    prepare: Callable[[World], object] | None = None
    environment: Mapping[str, str | None] = field(default_factory=dict)
    given: bytes = b""
    leaves: tuple[str, ...] = ()
    """What may be there afterwards, since nobody believes it: a lock, or what the next start forgets."""
    rejected_plan: bool = False
    """Whether a plan is written, whole, and says itself that it is rejected; its folder is on stdout."""


def table(*cases: BadInput) -> pytest.MarkDecorator:
    """Return the rows as the parameters of a test; each is called by its name."""
    return pytest.mark.parametrize("case", cases, ids=[case.name.replace(" ", "-") for case in cases])


def check_case(case: BadInput, world: World) -> None:
    """Run the command of a case in its world, and hold its answer against the table."""
    for name, content in case.files.items():
        world.write(name, content)
    if case.prepare is not None:
        case.prepare(world)
    before = world.snapshot()
    done = _run(case, world)
    after = world.snapshot()
    said = f"{' '.join(done.args)}\nexit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.returncode == case.code, said
    for fragment in case.says:
        assert fragment.replace("WORLD", str(world.folder)) in done.stderr, f"{fragment!r} is not in {said}"
    assert "Traceback" not in done.stderr, said
    check_error(done.stderr)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    if case.rejected_plan:
        _check_rejected_plan(done.stdout, changed, world)
    else:
        assert done.stdout == "", said
        assert changed <= set(case.leaves), (changed, said)
    assert world.leftovers() == [], said


def _run(case: BadInput, world: World) -> subprocess.CompletedProcess[str]:
    def in_world(text: str) -> str:
        return text.replace("WORLD", str(world.folder))

    wanted = {name: in_world(value) for name, value in case.environment.items() if value is not None}
    environment = {
        name: value
        for name, value in {**world.environment, **wanted}.items()
        if name not in case.environment or case.environment[name] is not None
    }
    try:
        done = subprocess.run(
            [str(TASKS), *shlex.split(in_world(case.arguments))],
            cwd=world.project,
            env=environment,
            input=case.given,
            capture_output=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"it hangs; so far it said {late.stderr!r}") from late
    out, err = (text.decode("utf-8", "backslashreplace") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def check_error(said: str) -> None:
    """An error says in one line what was wrong and where, and below it, indented, what to do next."""
    lines = said.splitlines()
    beginning = next((place for place, line in enumerate(lines) if line.startswith("error: ")), None)
    assert beginning is not None, f"no error in {said!r}"
    advice = lines[beginning + 1 :]
    assert advice, f"no advice in {said!r}"
    assert all(line.startswith("  ") for line in advice), said


def _check_rejected_plan(printed: str, changed: set[str], world: World) -> None:
    assert printed == f"{world.plan}\n"
    # The register of known plans is the one other place that hears of a plan.
    folders = (str(world.plan.relative_to(world.folder)), "state", "state/plans")
    assert all(path.startswith(folders) for path in changed), changed
    parsed = parse_plan_folder(world.plan)
    assert parsed.plan is not None, parsed.findings
    assert not parsed.plan.dag.ok
    assert parsed.plan.dag.errors
    assert not list(world.project.glob(".tasks_output*")), "a part of the work was left behind"
