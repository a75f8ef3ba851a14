"""Plan folders that are damaged, were edited, or hold a plan that nobody should execute."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from schemas.canonical_json import content_hash
from schemas.plan import plan_id
from tests.end_to_end.bad_input.case import Answers, BadInput, table
from tests.end_to_end.bad_input.world import World

EXECUTE = "execute tasks_output"
AGAIN = ("mend the file as said", "tasks plan")
Change = Callable[[dict[str, Any]], object]


def resealed(change: Change, file: str = "tasks.json") -> Callable[[World], None]:
    """Return what changes a file of the plan and all hashes with it: a plan that was made so."""

    def prepare(world: World) -> None:
        content = json.loads((world.plan / file).read_text(encoding="utf-8"))
        change(content)
        for task in content.get("tasks", ()):
            task["contentHash"] = content_hash(task)
        content["generated"]["contentHash"] = content_hash(content)
        (world.plan / file).write_text(json.dumps(content), encoding="utf-8")
        if file == "tasks.json":
            waves = json.loads((world.plan / "waves.json").read_text(encoding="utf-8"))
            waves["planId"] = plan_id(content["generated"]["contentHash"])
            waves["generated"]["contentHash"] = content_hash(waves)
            (world.plan / "waves.json").write_text(json.dumps(waves), encoding="utf-8")

    return prepare


def broken(name: str, content: str | bytes, *says: str, file: str = "tasks.json") -> BadInput:
    """Return a case of a file that is no JSON that could be used."""
    return BadInput(name, EXECUTE, 5, (file, *says, *AGAIN), files={f"tasks_output/{file}": content})


def edited(name: str, old: str, new: str, *says: str, file: str = "tasks.json") -> BadInput:
    """Return a case of a file in which one text was replaced."""
    return BadInput(name, EXECUTE, 5, says, prepare=lambda world: world.edit(file, old, new))


def made(name: str, change: Change, code: int, *says: str, file: str = "tasks.json") -> BadInput:
    """Return a case of a plan whose hashes are right, and that is wrong."""
    return BadInput(name, EXECUTE, code, says, prepare=resealed(change, file))


def first(content: dict[str, Any]) -> dict[str, Any]:
    """Return the first task of tasks.json."""
    found: dict[str, Any] = content["tasks"][0]
    return found


def _link(name: str, target: str) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        (world.plan / name).unlink()
        (world.plan / name).symlink_to(target)

    return prepare


def _folder(world: World) -> None:
    (world.plan / "waves.json").unlink()
    (world.plan / "waves.json").mkdir()


def _pipe(world: World) -> None:
    (world.plan / "tasks.json").unlink()
    os.mkfifo(world.plan / "tasks.json")


def _hundred_megabytes(world: World) -> None:
    with (world.plan / "tasks.json").open("wb") as file:
        file.truncate(100_000_000)


def _rejected(world: World) -> None:
    def reject(content: dict[str, Any]) -> None:
        content["ok"] = False
        content["errors"] = [{"rule": "drafting", "severity": "error", "message": "two tasks write a.txt"}]

    resealed(reject, "dag.json")(world)


FOLDERS = (
    BadInput("no such folder", "execute nowhere", 1, ("nowhere", "`tasks plan` makes one")),
    BadInput(
        "no such folder to validate", "validate-plan nowhere", 1, ("no plan folder nowhere", "tasks plan")
    ),
    BadInput("no such folder to show", "show-plan nowhere", 1, ("no plan folder nowhere", "tasks plan")),
    BadInput("no such folder to compare", "diff-plan tasks_output nowhere", 1, ("no plan folder nowhere",)),
    BadInput("no such folder to plan again", "plan --from-plan nowhere", 1, ("no plan folder nowhere",)),
    BadInput("no such folder to export", "export nowhere --format csv", 1, ("no plan folder nowhere",)),
    BadInput("a tag that climbs out", "archive-plan tasks_output --tag ../x", 1, ("'../x' cannot be a tag",)),
    BadInput(
        "half a file to plan again",
        "plan --from-plan tasks_output",
        5,
        ("tasks.json:1: not valid JSON", "mend the file"),
        files={"tasks_output/tasks.json": "{"},
    ),
    BadInput("a file in place of the folder", "execute app.py", 1, ("app.py", "is a file")),
    BadInput("a folder of no name", "execute ''", 1, ("no plan directory ''", "tasks plan")),
    BadInput("a folder of no name to validate", "validate-plan ''", 1, ("a path is empty", "name a folder")),
    BadInput("an empty folder", "execute WORLD/home", 5, ("features.json: the file is missing", *AGAIN)),
    BadInput("an empty stdin", "execute -", 1, ("stdin is empty", "pipefail")),
    BadInput(
        "two lines on stdin", "execute -", 1, ("2 lines", "one line"), given=b"tasks_output\ntasks_output\n"
    ),
    BadInput("no path on stdin", "execute -", 1, ("nowhere", "tasks plan"), given=b"nowhere\n"),
    BadInput("no text on stdin", "execute -", 1, ("stdin", "UTF-8"), given=b"\xff\xfe\n"),
    BadInput(
        "half an object on stdin", "execute -", 1, ("stdin", "JSON", "--json"), given=b'{"plan_dir": "tas'
    ),
    BadInput(
        "an object without a plan on stdin", "execute -", 1, ("plan_dir", "--json"), given=b'{"tasks": 2}'
    ),
    BadInput(
        "a number for a plan on stdin", "execute -", 1, ("plan_dir", "--json"), given=b'{"plan_dir": 5}'
    ),
    BadInput(
        "a NUL in a path on stdin", "execute -", 1, ("no plan directory",), given=b'{"plan_dir": "a\\u0000b"}'
    ),
)
FILES = (
    BadInput(
        "a file that is missing",
        EXECUTE,
        5,
        ("tasks.json: the file is missing", *AGAIN),
        prepare=lambda world: (world.plan / "tasks.json").unlink(),
    ),
    BadInput(
        "a folder in place of a file",
        EXECUTE,
        5,
        ("waves.json: the file cannot be read: Is a directory", *AGAIN),
        prepare=_folder,
    ),
    BadInput(
        "a link that leads to itself",
        EXECUTE,
        5,
        ("tasks.json", *AGAIN),
        prepare=_link("tasks.json", "tasks.json"),
    ),
    BadInput(
        "a link to an endless device",
        EXECUTE,
        5,
        ("tasks.json", "larger than", *AGAIN),
        prepare=_link("tasks.json", "/dev/zero"),
    ),
    BadInput(
        "a pipe into which nobody writes", EXECUTE, 5, ("tasks.json", "not valid JSON", *AGAIN), prepare=_pipe
    ),
    BadInput(
        "a hundred megabytes of nothing",
        EXECUTE,
        5,
        ("tasks.json:1", "not valid JSON", *AGAIN),
        prepare=_hundred_megabytes,
    ),
    broken("an empty file", "", "tasks.json:1: not valid JSON"),
    broken("half a file", '{\n  "meta": {\n    "title"', "tasks.json:3: not valid JSON"),
    broken("UTF-16", '{"a": 1}'.encode("utf-16"), "not UTF-8 text (byte 0)"),
    BadInput(
        "half a file to show",
        "show-plan tasks_output",
        5,
        ("dag.json:1: not valid JSON", *AGAIN),
        files={"tasks_output/dag.json": '{"ok": true'},
    ),
    broken("no object", "[]", "tasks.json:1"),
    broken("brackets without an end", "[" * 100_000, "tasks.json", "nested"),
    broken("a key twice", '{\n  "meta": {},\n  "meta": {}\n}', "'meta' stands twice"),
    broken(
        "another kind of file",
        '{"name": "app", "version": "1.0"}',
        "tasks.json:1 /name",
        "'name' is not known here",
    ),
    broken("a document that is no text", b"\xff", "Plan.md: the file is not UTF-8 text", file="Plan.md"),
    edited(
        "a text for a number",
        '"min_confidence": 0.7',
        '"min_confidence": "high"',
        "tasks.json:4 /meta/min_confidence",
        "valid number",
    ),
    edited("not a number", '"min_confidence": 0.7', '"min_confidence": NaN', "NaN is not a JSON number"),
    edited(
        "an endless number",
        '"min_confidence": 0.7',
        '"min_confidence": 1e999',
        "/meta/min_confidence",
        "finite number",
    ),
    edited(
        "a negative estimate",
        '"optimistic": 0.01',
        '"optimistic": -1',
        "/tasks/0/duration/optimistic",
        "greater than or equal to 0",
    ),
    edited(
        "an estimate beyond all sense",
        '"pessimistic": 0.03',
        '"pessimistic": 1e308',
        "/tasks/0/duration/pessimistic",
    ),
    edited(
        "half a character", '"Change the app"', '"Change \\ud800"', "/meta/title", "half a Unicode character"
    ),
    edited(
        "a number that JSON cannot hold",
        '"max_retries": 2',
        '"max_retries": ' + "9" * 20,
        "/tasks/0/scheduling_hints/max_retries",
        "write a smaller one",
    ),
    edited(
        "an unknown executor",
        '"executor": "command"',
        '"executor": "robot"',
        "/tasks/0/execution/executor",
        "'command'",
    ),
    edited(
        "an unknown field",
        '"title": "Change the app"',
        '"titel": "Change the app"',
        "/meta/titel",
        "correct its spelling",
    ),
    edited(
        "an unknown kind of check",
        '"type": "command"',
        '"type": "wish"',
        "/tasks/0/acceptance_checks/0",
        "'command'",
    ),
    edited("an id that climbs out", '"id": "A"', '"id": "../x"', "/tasks/0/id", "'../x'"),
    edited(
        "a title that was edited",
        '"title": "Write a"',
        '"title": "Write z"',
        "A was changed after the plan was checked",
        "tasks plan --from-plan",
    ),
    edited(
        "a content hash that was edited",
        '"by": "T.A.S.K.S v3"',
        '"by": "me"',
        "tasks.json was changed",
        "/generated/contentHash",
    ),
)
PLANS = (
    BadInput(
        "a plan that was rejected",
        EXECUTE,
        5,
        ("two tasks write a.txt", "the plan is rejected"),
        prepare=_rejected,
    ),
    made(
        "an order that breaks a dependency",
        lambda dag: dag["topo_order"].reverse(),
        5,
        "put B before A",
        "make the plan again",
        file="dag.json",
    ),
    made(
        "an order without a task",
        lambda dag: dag["topo_order"].pop(),
        5,
        "does not hold each task once",
        file="dag.json",
    ),
    made(
        "two tasks of one id",
        lambda tasks: tasks["tasks"][1].update(id="A"),
        5,
        "the id A is used twice",
        "rename",
    ),
    made(
        "a dependency on nothing",
        lambda tasks: tasks["dependencies"][0].update({"from": "Z"}),
        5,
        "'Z', which does not exist",
        "correct it",
    ),
    made("a dependency on itself", lambda tasks: tasks["dependencies"][0].update({"from": "B"}), 3, "B"),
    made(
        "estimates in the wrong order",
        lambda tasks: first(tasks)["duration"].update(optimistic=5),
        5,
        "not in order",
        "optimistic <= mostLikely",
    ),
    made(
        "a task without checks",
        lambda tasks: first(tasks).update(acceptance_checks=[]),
        5,
        "A (Write a) has no acceptance check",
        "sh check",
    ),
    made(
        "a check outside of the repository",
        lambda tasks: first(tasks).update(acceptance_checks=[{"type": "artifact", "path": "../secrets"}]),
        5,
        "'../secrets'",
        "/tasks/0/acceptance_checks/0",
        "inside the repository",
    ),
    made(
        "a report outside of the repository",
        lambda tasks: first(tasks).update(
            acceptance_checks=[
                {
                    "type": "metric",
                    "name": "n",
                    "expect": {"gte": 1},
                    "report": "/etc/passwd",
                    "pointer": "/n",
                }
            ]
        ),
        5,
        "'/etc/passwd'",
        "/tasks/0/acceptance_checks/0",
        "inside the repository",
    ),
    made(
        "a scope outside of the repository",
        lambda tasks: first(tasks).update(file_scope={"modify": ["../*.py"]}),
        5,
        "'../*.py'",
        "/tasks/0/file_scope",
        "inside the repository",
    ),
    made(
        "a patch that is missing",
        lambda tasks: first(tasks).update(execution={"executor": "patch"}),
        1,
        "A",
        "patch",
        "execution.patch",
    ),
    made(
        "a command that is missing",
        lambda tasks: first(tasks).update(execution={"executor": "command"}),
        1,
        "A",
        "execution.script",
    ),
    made("a branch that cannot be", lambda tasks: tasks["meta"].update(branch="a..b"), 1, "'a..b'"),
)


@table(*FOLDERS)
def test_a_plan_that_is_not_there(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@table(*FILES)
def test_a_file_of_a_plan_that_cannot_be_used(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@table(*PLANS)
def test_a_plan_that_must_not_be_executed(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()
