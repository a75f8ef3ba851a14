"""The commands that make and read plans, in this process: answers, mistakes and defaults."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from tasks_cli.command_line import SUBCOMMANDS, tasks
from tests.unit.command_line.conftest import Run


def test_each_artifact_is_valid_under_the_schema_that_the_command_prints(project: Path, run: Run) -> None:
    assert run("plan", "-f", "spec.md", "-o", "out")[0] == 0
    for name in ("features", "tasks", "dag", "waves", "coordinator", "tasks-meta"):
        schema = json.loads(run("schema", name)[1])
        file = ".tasks-meta.json" if name == "tasks-meta" else f"{name}.json"
        artifact = json.loads((project / "out" / file).read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(artifact)


def test_a_plan_that_was_just_made_is_valid(run: Run) -> None:
    run("plan", "-f", "spec.md", "-o", "out")
    code, out, _ = run("validate-plan", "out", "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)
    assert run("validate-plan", "out")[:2] == (0, "the plan is valid\n")


def test_a_plan_that_cannot_be_read_is_not_valid_and_says_where(project: Path, run: Run) -> None:
    run("plan", "-f", "spec.md", "-o", "out")
    file = project / "out" / "dag.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"ok"', '"okay"', 1), encoding="utf-8")
    code, out, _ = run("validate-plan", "out", "--json")
    assert code == 5
    assert {(item["file"], item["line"]) for item in json.loads(out)["findings"]} == {
        ("dag.json", 1),
        ("dag.json", 2),
    }


def test_the_environment_gives_defaults_that_flags_replace(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKS_OUTPUT_DIR", "from_environment")
    monkeypatch.setenv("TASKS_CODEBASE_PATH", str(project))
    assert run("plan", "-f", "spec.md")[1].endswith("from_environment\n")
    assert run("plan", "-f", "spec.md", "-o", "flag")[1].endswith("flag\n")


def test_a_description_beside_a_document_is_the_title(run: Run) -> None:
    run("plan", "Ship it", "-f", "spec.md", "-o", "out")
    assert json.loads(run("show-plan", "out", "--json")[1])["title"] == "Ship it"


def test_made_plans_are_listed_and_shown(project: Path, run: Run) -> None:
    assert json.loads(run("list-plans", "--json")[1]) == []
    run("plan", "-f", "spec.md", "-o", "out")
    (listed,) = json.loads(run("list-plans", "--json")[1])
    assert (listed["plan_dir"], listed["tasks"], listed["ok"]) == (str(project / "out"), 2, True)
    assert str(project / "out") in run("list-plans")[1]
    shown = json.loads(run("show-plan", "out", "--json")[1])
    assert shown["plan_id"] == listed["plan_id"]
    assert [task["after"] for task in shown["tasks"]] == [[], [shown["tasks"][0]["id"]]]
    assert "Write the greeting" in run("show-plan", "out")[1]


def test_the_next_command_is_said_and_verbose_says_more(run: Run) -> None:
    said = run("plan", "-f", "spec.md", "-o", "out")[2]
    assert "next: tasks execute" in said
    assert "--executor manual" not in said
    assert "planning spec.md" in run("plan", "-f", "spec.md", "-o", "out", "--verbose")[2]


def test_the_next_command_of_a_plan_without_scripts_is_one_that_works(project: Path, run: Run) -> None:
    (project / "Makefile").write_text("test:\n\ttrue\n", encoding="utf-8")
    (project / "list.md").write_text("# T\n- [ ] Write it\n- [ ] Send it\n", encoding="utf-8")
    said = run("plan", "-f", "list.md", "-o", "out")[2]
    assert f"next: tasks execute {project / 'out'} --executor manual" in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("plan",), 1, "say what to plan"),
        (("plan", "--min-confidence", "high", "-f", "spec.md"), 1, "min-confidence"),
        (("plan", "-c", "2", "-f", "spec.md"), 1, "min-confidence"),
        (("plan", "-f", "missing.md"), 1, "missing.md"),
        (("plan", "-f", "spec.md", "-p", "nowhere"), 2, "nowhere"),
        (("plna",), 1, "Did you mean 'plan'"),
        (("--nonsense",), 1, "--nonsense"),
        (("validate-plan", "nowhere"), 1, "no plan folder"),
        (("show-plan", "nowhere"), 1, "no plan folder"),
        (("schema", "task"), 1, "choose one of"),
        ((), 1, "Commands"),
    ],
)
def test_a_mistake_has_its_exit_code_and_says_what_was_wrong(
    arguments: tuple[str, ...], code: int, said: str, run: Run
) -> None:
    ended, out, said_there = run(*arguments)
    assert (ended, out) == (code, ""), said_there
    assert said in said_there
    assert "Traceback" not in said_there


def test_the_help_lists_every_command_without_importing_it() -> None:
    shown = CliRunner().invoke(tasks, ["--help"])
    assert shown.exit_code == 0
    for name, subcommand in SUBCOMMANDS.items():
        assert name in shown.output
        assert subcommand.help in shown.output
