"""`tasks import`: the folder on stdout, exit codes as of `tasks plan`, and nothing half-written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.exchange.file_fences import write_file_fences
from planner.exchange.plan_import import FORMS
from schemas.plan import FENCE_ORDER
from tasks_cli.command_line import SUBCOMMANDS, tasks
from tasks_cli.exit_status import exit_status
from tasks_cli.import_plan import FORMS as OFFERED
from tests.unit.command_line.specifications import SPEC

Run = Callable[..., tuple[int, str, str]]
TABLE = "id,title,after\nA,Write a,\nB,Write b,A\n"
CIRCLE = "id,title,after\nA,Write a,B\nB,Write b,A\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Makefile").write_text("test:\n\ttrue\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TASKS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    return folder


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_tasks(*arguments: str, **files: str) -> tuple[int, str, str]:
        for name, text in files.items():
            (project / name).write_text(text, encoding="utf-8")
        code = exit_status(tasks, arguments)
        return code, *capsys.readouterr()

    return run_tasks


def test_the_folder_of_the_plan_is_printed_alone(project: Path, run: Run) -> None:
    code, out, err = run("import", "table", "-o", "out", table=TABLE)
    assert (code, out) == (0, f"{project / 'out'}\n")
    assert "2 tasks" in err
    assert "next: tasks execute" in err
    assert run("validate-plan", "out")[0] == 0
    printed = json.loads(run("import", "table", "-o", "out", "--json", "--title", "My work")[1])
    assert set(printed) >= {"plan_dir", "plan_id", "drafter", "tasks", "warnings"}
    meta = json.loads((project / "out" / "tasks.json").read_text(encoding="utf-8"))["meta"]
    assert meta["title"] == "My work"
    assert [source["document"] for source in meta["sources"]] == ["table"]
    assert str(project / "out") in run("list-plans")[1]


def test_settings_and_flags_are_those_of_planning(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKS_OUTPUT_DIR", "from-environment")
    monkeypatch.setenv("TASKS_MAX_CONCURRENT", "7")
    assert run("import", "table", "-m", "wave_based", table=TABLE)[0] == 0
    meta = json.loads((project / "from-environment" / "tasks.json").read_text(encoding="utf-8"))["meta"]
    assert meta["execution_model"] == "wave_based"
    assert meta["resource_limits"]["max_concurrent_tasks"] == 7


def test_a_rejected_plan_is_kept_and_the_exit_code_says_why(project: Path, run: Run) -> None:
    code, out, err = run("import", "table", "-o", "out", table=CIRCLE)
    assert (code, out) == (3, f"{project / 'out'}\n")
    assert "rejected:" in err
    (project / "Makefile").unlink()
    code, out, err = run("import", "table", "-o", "bare", table=TABLE)
    assert (code, out) == (5, f"{project / 'bare'}\n")
    assert (project / "bare" / "tasks.json").exists()


@pytest.mark.parametrize(
    ("text", "more", "code"),
    [
        ("title,wrong\na,b\n", (), 1),
        ("[{]", (), 1),
        ("# Prose\n\nNothing else.\n", (), 1),
        ("# Prose\n\nNothing else.\n", ("--format", "tasks-md"), 1),
        ("---file:tasks.json\n{}\n", (), 5),
        ("---file:other\n", (), 1),
        ("", (), 1),
    ],
)
def test_what_cannot_be_imported_leaves_nothing_behind(
    project: Path, run: Run, text: str, more: tuple[str, ...], code: int
) -> None:
    found, out, err = run("import", "given", "-o", "out", *more, given=text)
    assert (found, out) == (code, "")
    assert "given" in err
    assert not (project / "out").exists()
    assert run("import", "nowhere")[0] == 1


def test_an_edited_plan_is_replaced_only_by_force(project: Path, run: Run) -> None:
    run("import", "table", "-o", "out", table=TABLE)
    (project / "out" / "Plan.md").write_text("mine", encoding="utf-8")
    assert run("import", "table", "-o", "out")[0] == 1
    assert (project / "out" / "Plan.md").read_text(encoding="utf-8") == "mine"
    assert run("import", "table", "-o", "out", "--force")[0] == 0


def test_a_plan_in_one_document_becomes_the_same_plan_again(project: Path, run: Run) -> None:
    run("plan", "-f", "spec.md", "-o", "out", "-j", "3", **{"spec.md": SPEC})
    texts = {name: (project / "out" / name).read_text(encoding="utf-8") for name in FENCE_ORDER}
    shutil.rmtree(project / "out")
    assert run("import", "answer", "-o", "back", answer=write_file_fences(texts))[0] == 0
    for name in ("features.json", "tasks.json", "waves.json", "coordinator.json"):
        assert (project / "back" / name).read_text(encoding="utf-8") == texts[name], name
    warned = json.loads((project / "back" / "dag.json").read_text(encoding="utf-8"))["warnings"]
    assert [item["rule"] for item in warned][-1] == "quotes-not-checked"


def test_a_plan_in_one_document_is_not_planned_as_if_it_were_prose(project: Path, run: Run) -> None:
    answer = "---file:features.json\n{}\n---file:tasks.json\n```json\n{}\n```\n"
    code, out, err = run("plan", "-f", "answer", "-o", "out", answer=answer)
    assert (code, out) == (1, "")
    assert "tasks import" in err
    speaks = "# Answers\n\nAn answer MUST begin with:\n\n---file:features.json\n---file:tasks.json\n"
    assert run("plan", "-f", "speaks", "-o", "out", speaks=speaks)[0] == 0


def test_every_form_is_offered_and_import_stands_beside_export() -> None:
    assert set(OFFERED) == set(FORMS)
    names = list(SUBCOMMANDS)
    assert names.index("export") == names.index("import") + 1
