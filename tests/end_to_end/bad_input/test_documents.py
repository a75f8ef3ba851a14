"""Documents that cannot be planned from."""

from __future__ import annotations

import os

from tests.end_to_end.bad_input.case import Answers, BadInput, table
from tests.small_project import runbook, task

PLAN = "plan -f spec.md"
COMMANDS = "\n```sh run\ntrue\n```\n\n```sh check\ntrue\n```\n"


def document(name: str, text: str | bytes, *says: str, code: int = 1, rejected: bool = False) -> BadInput:
    """Return a case of a document that can be read, and has something wrong in it."""
    return BadInput(name, PLAN, code, says, files={"spec.md": text}, rejected_plan=rejected)


def one_task(**keys: object) -> str:
    """Return a runbook with one task; its `yaml task` begins at line 10, its id at line 11."""
    return runbook(task("Write a", "echo a > a.txt", "test -s a.txt", id="A", **keys))


def options(*lines: str) -> str:
    """Return a runbook whose `yaml task` holds these lines; the first is line 6."""
    text = "\n".join(lines)
    return f"# Change\n\n## Write a\n\n```yaml task\n{text}\n```\n{COMMANDS}"


CIRCLE = runbook(
    task("Write a", "true", id="A", after="[C]"),
    task("Write b", "true", id="B", after="[A]"),
    task("Write c", "true", id="C", after="[B]"),
)
UNCHECKED = "# Change\n\n## Write a\n\n```sh run\necho a > a.txt\n```\n"
STARVED = (
    "# Change\n\n```yaml plan\nresources:\n  db: {capacity: 2, reason: two licences}\n```\n\n"
    "## Write a\n\n```yaml task\nid: A\nshared: {db: 3}\n```\n" + COMMANDS
)

FILES = (
    BadInput("a document that is not there", PLAN, 1, ("spec.md", "No such file", "name a text file")),
    BadInput("a folder instead of a document", "plan -f .", 1, ("the document .", "Is a directory")),
    BadInput(
        "a link to nothing",
        PLAN,
        1,
        ("spec.md", "No such file"),
        prepare=lambda world: (world.project / "spec.md").symlink_to("gone.md"),
    ),
    BadInput(
        "a link to itself",
        PLAN,
        1,
        ("spec.md", "symbolic links"),
        prepare=lambda world: (world.project / "spec.md").symlink_to("spec.md"),
    ),
    BadInput(
        "a pipe into which nobody writes",
        PLAN,
        1,
        ("spec.md is empty",),
        prepare=lambda world: os.mkfifo(world.project / "spec.md"),
    ),
    BadInput("a device without an end", "plan -f /dev/zero", 1, ("zero is larger than 5 MB", "split it")),
    BadInput("a name that is too long", "plan -f " + "x" * 300, 1, ("too long",)),
    document("an empty document", "", "spec.md is empty", "write down what is to be done"),
    document("a PDF", b"%PDF-1.7\n%\xe2\xe3", "spec.md is a PDF", "convert it"),
    document("a document in UTF-16", "# Für alle\n".encode("utf-16"), "UTF-16", "convert it"),
    document("a document in Latin 1", "# Für alle\n".encode("latin-1"), "byte 3 (0xfc)", "save it as UTF-8"),
    document("a NUL byte", b"# Change\n\0\n", "a NUL byte at byte 9"),
    document("thirty megabytes in one line", b"x" * 30_000_000, "larger than 5 MB", "split it"),
    document("half a megabyte in one line", b"x " * 250_000, "no task was found"),
    document("quotes in quotes in quotes", "> " * 3000 + "deep\n", "no task was found"),
    document("lists in lists in lists", "- " * 3000 + "deep\n", "no task was found"),
    document("nothing but prose", "# Notes\n\nWe talked about it.\n", "spec.md: no task was found", "sh run"),
    document("every box is ticked", "# Change\n\n- [x] Write a\n", "every box is ticked"),
    BadInput("nothing at all", "plan", 1, ("say what to plan", "--help")),
    BadInput("a description alone", "plan 'Make it better'", 1, ("without a model", "-f")),
    BadInput("an empty stdin", "plan -f -", 1, ("stdin is empty",)),
    BadInput("no text on stdin", "plan -f -", 1, ("stdin is not text: a NUL byte at byte 1",), given=b"x\0y"),
    BadInput(
        "the same document twice",
        "plan -f spec.md -f ./spec.md",
        1,
        ("spec.md", "twice"),
        files={"spec.md": one_task()},
    ),
    BadInput(
        "two documents of one name",
        "plan -f spec.md -f other/spec.md",
        1,
        ("spec.md",),
        files={"spec.md": one_task(), "other/spec.md": one_task()},
    ),
)
TASKS_IN_THEM = (
    document(
        "one id for two tasks",
        one_task() + task("Write b", "true", id="A"),
        "spec.md:26",
        "'A' is already used",
    ),
    document("a dependency that is not there", one_task(after="[Z]"), "spec.md:12", "'Z'", "name an id"),
    document(
        "a misspelt dependency",
        runbook(task("Write a", "true", id="parser"), task("Write b", "true", id="B", after="[parsre]")),
        "spec.md:27",
        "'parsre'",
        "did you mean parser",
    ),
    document("a dependency on itself", one_task(after="[A]"), "spec.md:12", "itself"),
    document("a circle", CIRCLE, "circle: A -> B -> C -> A", "take out or soften", code=3, rejected=True),
    document("an estimate that goes down", one_task(estimate="[3, 2, 1]"), "spec.md:1", "optimistic"),
    document("a negative estimate", options("id: A", "estimate: [-1, 2, 3]"), "spec.md:7", "`estimate.0`"),
    document(
        "an estimate that is no number",
        options("id: A", "estimate: [.nan, 2, 3]"),
        "spec.md:7",
        "`estimate.0`",
    ),
    document(
        "an estimate beyond all numbers", options("estimate: [1, 2, 1.0e+308]"), "spec.md:6", "estimate"
    ),
    document(
        "a misspelt key",
        options("id: A", "exstimate: [1, 2, 3]"),
        "spec.md:7",
        "`exstimate`",
        "did you mean `estimate`",
    ),
    document("a key twice", options("id: A", "id: B"), "spec.md:7", "`id` is there twice"),
    document("a key without a value", options("id: A", "after:"), "spec.md:7", "`after` has no value"),
    document("an id that climbs out", options("id: ../x"), "spec.md:6", "'../x'", "cannot be used as an id"),
    document("an id like a lock of git", options("id: a.lock"), "spec.md:6", "'a.lock'"),
    document(
        "ids that differ by case",
        one_task() + task("Write b", "true", id="a"),
        "spec.md:26",
        "'a' is already used",
    ),
    document(
        "a scope that climbs out",
        options("scope: ../secrets"),
        "spec.md:6",
        "'../secrets'",
        "below the repository",
    ),
    document("broken YAML", options("id: [A"), "spec.md:7", "not YAML"),
    document("an alias in YAML", options("done: &x [y]", "stop_when: *x"), "spec.md:7", "aliases"),
    document("YAML without an end", options("done: " + "[" * 5000), "spec.md:", "YAML"),
    document("broken front matter", "---\ntitle: [x\n---\n" + one_task(), "spec.md:", "not YAML"),
    document(
        "a misspelt key of the plan",
        "---\ntitel: x\n---\n" + one_task(),
        "spec.md:2",
        "`titel`",
        "did you mean `title`",
    ),
    document("a branch that cannot be", "---\nbranch: a..b\n---\n" + one_task(), "spec.md:2", "'a..b'"),
    document(
        "a fence that never ends", "# Change\n\n## Write a\n\n```sh run\ntrue\n", "spec.md:5", "never closed"
    ),
    document("an empty patch", "# Change\n\n## Write a\n\n```diff apply\n```\n", "spec.md:5", "is empty"),
    document(
        "a patch that is none", "# Change\n\n## Write a\n\n```diff apply\nhello\n```\n", "spec.md:5", "patch"
    ),
    document(
        "a secret in a command",
        options("id: A").replace(
            "sh run\ntrue", "sh run\nexport API_KEY=sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD"
        ),
        "spec.md:10",
        "secret",
        "env_pass",
    ),
    BadInput(
        "a task that nothing can check",
        "plan -f spec.md -p WORLD/home",
        5,
        ("P1.T001 (Write a) has no acceptance check", "tasks.json", "add a `sh check` fence"),
        files={"spec.md": UNCHECKED},
        rejected_plan=True,
    ),
    document(
        "more than there is",
        STARVED,
        "A needs 3 of db, and there are 2",
        "raise the capacity",
        code=4,
        rejected=True,
    ),
)


@table(*FILES)
def test_a_document_that_cannot_be_read(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@table(*TASKS_IN_THEM)
def test_a_mistake_in_a_document(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()
