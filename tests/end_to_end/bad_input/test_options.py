"""Options that cannot be used, and output folders that must not be replaced."""

from __future__ import annotations

from tests.end_to_end.bad_input.case import Answers, BadInput, table
from tests.end_to_end.bad_input.world import DOCUMENT, World

PLAN = "plan -f spec.md"


def option(name: str, more: str, *says: str, code: int = 1) -> BadInput:
    """Return a case of a wrong option behind a good document."""
    return BadInput(name, f"{PLAN} {more}", code, says, files={"spec.md": DOCUMENT})


def _edit_the_plan(world: World) -> None:
    world.edit("Plan.md", "Write a", "Write A, as agreed on Monday")


def _link_to_itself(world: World) -> None:
    (world.project / "loop").symlink_to("loop")


OPTIONS = (
    option("a confidence above one", "-c 2", "--min-confidence", "less than or equal to 1", "correct"),
    option("a confidence that is no number", "-c nan", "--min-confidence", "finite"),
    option("a confidence in words", "-c high", "'high'", "--help"),
    option("waves of no task", "-w 0", "--max-wave-size", "greater than or equal to 1"),
    option("a letter for a number", "-j x", "'x'", "--max-concurrent"),
    option("an unknown model", "-m waterfall", "'waterfall'", "wave_based"),
    option("an unknown drafter", "--drafter oracle", "'oracle'", "document"),
    option("questions without a terminal", "--interactive", "stdin is no terminal", "in a script"),
    BadInput(
        "a document beside a plan", f"{PLAN} --from-plan tasks_output", 1, ("--from-plan takes no document",)
    ),
    option("an unknown option", "--max-concurent 3", "--max-concurent", "--max-concurrent"),
    option("a codebase that is not there", "-p nowhere", "nowhere does not exist", "--codebase-path", code=2),
    option("a codebase that is a file", "-p spec.md", "spec.md is not a folder", code=2),
    option("a codebase of no name", "-p ''", "a path is empty", "name a folder"),
    BadInput(
        "a codebase behind a link to itself",
        f"{PLAN} -p loop",
        2,
        ("loop", "--codebase-path"),
        files={"spec.md": DOCUMENT},
        prepare=_link_to_itself,
    ),
    BadInput("an unknown command", "plna", 1, ("'plna'", "Did you mean 'plan'?")),
    BadInput("an unknown schema", "schema task", 1, ("'task'", "choose one of")),
    BadInput(
        "a folder of a plan whose name is too long",
        "execute " + "x" * 300,
        1,
        ("File name too long", "try again"),
    ),
    BadInput(
        "a repository whose name is too long",
        "execute tasks_output --repo " + "x" * 300,
        1,
        ("File name too long",),
    ),
    BadInput("a number of runs below one", "runs --limit 0", 1, ("--limit", "--help")),
    BadInput(
        "an id of a run that climbs out",
        "status ../x",
        1,
        ("no run can be called '../x'", "tasks runs"),
    ),
    BadInput("no id of a run", "pause ''", 1, ("no run can be called ''",)),
    BadInput(
        "an id of a task that climbs out", "logs run-1 ../../x", 1, ("no task can be called '../../x'",)
    ),
    BadInput(
        "an id of a task to retry that climbs out", "retry run-1 a/b", 1, ("no task can be called 'a/b'",)
    ),
    BadInput("an id of a run like an option", "cancel -- -x", 1, ("no run can be called '-x'",)),
    BadInput("no worker", "up --workers 0", 1, ("--workers",)),
)
OUTPUTS = (
    option("a file in the place of the plan", "-o app.py", "app.py is a file", "--output-dir"),
    option(
        "a file above the place of the plan",
        "-o app.py/plan",
        "app.py is a file",
        "--output-dir",
    ),
    option("a place that the system owns", "-o /proc/plan", "/proc/plan cannot be written", "--output-dir"),
    option("a name that is too long", "-o " + "x" * 300, "cannot be written", "too long"),
    option("a place without a name", "-o ''", "a path is empty", "name a folder"),
    option("a folder of other files", "-o WORLD/home", "it holds .gitconfig", "nothing was changed"),
    option("the project itself", "-o .", "it holds", "app.py", "nothing was changed"),
    option("a place in the folder of git", "-o .git/plan", ".git", "belongs to git", "--output-dir"),
    option("a place among the branches of git", "-o .git/refs/heads/x/plan", "belongs to git"),
    BadInput(
        "a plan that was edited",
        PLAN,
        1,
        ("was edited since it was written: Plan.md", "--force"),
        files={"spec.md": DOCUMENT},
        prepare=_edit_the_plan,
    ),
    BadInput(
        "a plan whose record is broken",
        PLAN,
        1,
        ("was edited", ".tasks-meta.json", "--force"),
        files={"spec.md": DOCUMENT, "tasks_output/.tasks-meta.json": "{"},
    ),
    BadInput(
        "a place behind a link to itself",
        PLAN + " -o loop",
        1,
        ("loop", "--output-dir"),
        files={"spec.md": DOCUMENT},
        prepare=_link_to_itself,
    ),
    BadInput(
        "an output folder from the environment",
        PLAN,
        1,
        ("app.py is a file",),
        files={"spec.md": DOCUMENT},
        environment={"TASKS_OUTPUT_DIR": "app.py"},
    ),
)


@table(*OPTIONS)
def test_an_option_that_cannot_be_used(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@table(*OUTPUTS)
def test_a_place_where_no_plan_can_be_written(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()
