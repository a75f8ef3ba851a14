"""Settings that cannot be used: in the environment, in tasks.toml, in pyproject.toml, and Temporal's own."""

from __future__ import annotations

import os

from tests.end_to_end.bad_input.case import Answers, BadInput, table
from tests.end_to_end.bad_input.world import DOCUMENT

PLAN = "plan -f spec.md"
EXECUTE = "execute tasks_output"
SPEC = {"spec.md": DOCUMENT}


def variable(name: str, variable: str, value: str, *says: str, code: int = 1) -> BadInput:
    """Return a case of a variable whose value cannot be used; the answer names it."""
    return BadInput(name, PLAN, code, (variable, *says), files=SPEC, environment={variable: value})


def file(name: str, text: str | bytes, *says: str, at: str = "tasks.toml", command: str = PLAN) -> BadInput:
    """Return a case of a settings file with a mistake; the answer names the file."""
    return BadInput(name, command, 1, (at, *says), files={**SPEC, at: text})


def temporal(name: str, code: int, *says: str, **variables: str) -> BadInput:
    """Return a case of a Temporal that cannot be had; a run needs one."""
    return BadInput(
        name,
        EXECUTE,
        code,
        says,
        environment=variables,
        leaves=("state", "state/start.lock", "state/pool.json"),
    )


VARIABLES = (
    variable(
        "a word for a number", "TASKS_MAX_CONCURRENT", "many", "valid integer", "'many'", "correct the value"
    ),
    variable("a negative number", "TASKS_MAX_WAVE_SIZE", "-1", "greater than or equal to 1", "'-1'"),
    variable("not a number", "TASKS_MIN_CONFIDENCE", "nan", "finite number"),
    variable("an unknown model", "TASKS_EXECUTION_MODEL", "waterfall", "'wave_based' or 'rolling_frontier'"),
    variable("a port beyond all ports", "TASKS_PORT", "99999", "less than or equal to 65535"),
    variable("no time at all", "TASKS_HEARTBEAT", "0", "greater than 0"),
    variable("half a table", "TASKS_HOURS_BY_COMPLEXITY", "{", "not valid JSON", "write a table"),
    variable("a list for a table", "TASKS_HOURS_BY_COMPLEXITY", "[1]", "valid dictionary"),
    variable(
        "hours that go down",
        "TASKS_HOURS_BY_COMPLEXITY",
        '{"small": [3, 2, 1]}',
        "optimistic <= likely <= pessimistic",
    ),
    variable(
        "a codebase that is not there",
        "TASKS_CODEBASE_PATH",
        "WORLD/nowhere",
        "WORLD/nowhere does not exist",
        code=2,
    ),
    variable("a time that is none", "SOURCE_DATE_EPOCH", "yesterday", "'yesterday'", "seconds since 1970"),
    variable("a time beyond all time", "SOURCE_DATE_EPOCH", "9" * 20, "seconds since 1970"),
)
IN_FILES = (
    file("broken TOML", "[plan\n", "line 1", "mend the file"),
    file("broken TOML for a run", "[plan\n", "line 1", "mend the file", command=EXECUTE),
    file(
        "a misspelt key",
        "[plan]\nmax_concurent = 3\n",
        "'plan.max_concurent'",
        "did you mean 'max_concurrent'?",
    ),
    file("a misspelt section", "[plans]\nmax_concurrent = 3\n", "'plans'", "did you mean 'plan'?"),
    file("an unknown key", "[plan]\ncolour = 'red'\n", "'plan.colour'", "known here: min_confidence"),
    file("a number for a section", "plan = 3\n", "plan must be a table", "[plan]"),
    file(
        "a word for a number in the file",
        "[plan]\nmax_concurrent = 'many'\n",
        "plan.max_concurrent",
        "valid integer",
    ),
    file("a number out of range", "[server]\nport = 0\n", "server.port", "greater than or equal to 1"),
    file("a settings file in UTF-16", "[plan]\n".encode("utf-16"), "UTF-8", "save it"),
    file("a broken project file", "[tool.tasks\n", "line 1", "mend the file", at="pyproject.toml"),
    file(
        "a misspelt key in the project file",
        "[tool.tasks.plan]\nmax_wave = 3\n",
        "max_wave_size",
        at="pyproject.toml",
    ),
    file(
        "a number for our table in the project file",
        "[tool]\ntasks = 3\n",
        "tool.tasks",
        "table",
        at="pyproject.toml",
    ),
    BadInput(
        "a folder called tasks.toml",
        PLAN,
        1,
        ("tasks.toml", "Is a directory"),
        files=SPEC,
        prepare=lambda world: (world.project / "tasks.toml").mkdir(),
    ),
    BadInput(
        "a link to nothing called tasks.toml",
        PLAN,
        1,
        ("tasks.toml", "No such file"),
        files=SPEC,
        prepare=lambda world: (world.project / "tasks.toml").symlink_to("gone.toml"),
    ),
    BadInput(
        "a pipe called tasks.toml with nobody behind it is no settings",
        PLAN + " -c 2",
        1,
        ("--min-confidence",),
        files=SPEC,
        prepare=lambda world: os.mkfifo(world.project / "tasks.toml"),
    ),
)
TEMPORAL = (
    temporal(
        "a command of Temporal that is not there",
        6,
        "TASKS_TEMPORAL_CLI",
        "is not Temporal's command",
        "unset it",
    ),
    temporal(
        "a command that is no program",
        6,
        "TASKS_TEMPORAL_CLI",
        "README.md",
        TASKS_TEMPORAL_CLI="WORLD/project/README.md",
    ),
    temporal(
        "a command that is another program",
        6,
        "TASKS_TEMPORAL_CLI",
        "/bin/true",
        TASKS_TEMPORAL_CLI="/bin/true",
    ),
    temporal("a profile that is not there", 6, "production", TEMPORAL_PROFILE="production"),
    temporal("a configuration that is not there", 6, "gone.toml", TEMPORAL_CONFIG_FILE="WORLD/gone.toml"),
    temporal("an address that is none", 6, "nowhere at all", TEMPORAL_ADDRESS="nowhere at all"),
    temporal(
        "an address where nobody listens",
        6,
        "127.0.0.1:1",
        "TEMPORAL_ADDRESS",
        TEMPORAL_ADDRESS="127.0.0.1:1",
    ),
    temporal(
        "a state folder that is a file",
        6,
        "WORLD/project/app.py",
        "cannot be used",
        "TASKS_STATE_DIR",
        TASKS_STATE_DIR="WORLD/project/app.py",
    ),
    temporal(
        "a state folder below a file",
        6,
        "WORLD/project/app.py",
        "cannot be used",
        "TASKS_STATE_DIR",
        TASKS_STATE_DIR="WORLD/project/app.py/state",
    ),
)


@table(*VARIABLES)
def test_a_variable_that_cannot_be_used(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@table(*IN_FILES)
def test_a_mistake_in_a_settings_file(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@table(*TEMPORAL)
def test_a_temporal_that_cannot_be_had(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()
