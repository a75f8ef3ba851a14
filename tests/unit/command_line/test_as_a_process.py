"""The `tasks` command as a process: exit codes, and a stdout that holds the result alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.command_line.specifications import CYCLE, SPEC


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "spec.md").write_text(SPEC, encoding="utf-8")
    return tmp_path / "project"


def tasks(*arguments: str, cwd: Path, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd.parent),
        "TASKS_STATE_DIR": str(cwd.parent / "state"),
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-m", "tasks_cli", *arguments],
        cwd=cwd,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_plan_prints_the_plan_folder_alone_on_stdout(project: Path) -> None:
    done = tasks("plan", "-f", "spec.md", "-o", "out", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{project / 'out'}\n"
    assert f"next: tasks execute {project / 'out'}" in done.stderr


def test_the_same_input_gives_the_same_bytes(project: Path) -> None:
    folders = [project / "one", project / "two"]
    for seed, folder in zip("12", folders, strict=True):
        done = tasks(
            "plan",
            "-f",
            "spec.md",
            "-o",
            str(folder),
            cwd=project,
            SOURCE_DATE_EPOCH="1700000000",
            PYTHONHASHSEED=seed,
        )
        assert done.returncode == 0, done.stderr
    first, second = ({entry.name: entry.read_bytes() for entry in folder.iterdir()} for folder in folders)
    assert first == second
    assert json.loads(first["tasks.json"])["generated"]["timestamp"] == "2023-11-14T22:13:20Z"


def test_plan_json_has_what_scripts_rely_on(project: Path) -> None:
    done = tasks("plan", "-f", "-", "-o", "out", "--json", cwd=project, given=SPEC)
    answer = json.loads(done.stdout)
    assert (answer["plan_dir"], answer["drafter"], answer["tasks"]) == (str(project / "out"), "document", 2)
    assert answer["plan_id"].startswith("PLAN-")
    assert isinstance(answer["warnings"], list)


def test_an_edited_plan_is_not_valid_and_the_line_is_named(project: Path) -> None:
    tasks("plan", "-f", "spec.md", "-o", "out", cwd=project)
    file = project / "out" / "tasks.json"
    text = file.read_text(encoding="utf-8").replace("test -s README.txt", "true")
    file.write_text(text, encoding="utf-8")
    done = tasks("validate-plan", "out", "--json", cwd=project)
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 5
    assert {"rule", "severity", "file", "pointer", "line", "task", "message"} <= set(findings[0])
    edited = next(item for item in findings if item["pointer"] == "/tasks/1/contentHash")
    assert text.splitlines()[edited["line"] - 1].strip().startswith('"contentHash"')


def test_a_cycle_exits_3_and_keeps_the_rejected_plan(project: Path) -> None:
    (project / "circle.md").write_text(CYCLE, encoding="utf-8")
    done = tasks("plan", "-f", "circle.md", "-o", "out", cwd=project)
    assert done.returncode == 3, done.stderr
    assert done.stdout == f"{project / 'out'}\n"
    dag = json.loads((project / "out" / "dag.json").read_text(encoding="utf-8"))
    assert dag["ok"] is False
    assert dag["cycle_break_suggestions"]
    assert tasks("validate-plan", "out", cwd=project).returncode == 5


def test_a_bare_description_exits_1_and_writes_nothing(project: Path) -> None:
    done = tasks("plan", "Build a TODO app", "-o", "out", cwd=project)
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert not (project / "out").exists()


def test_packages_of_a_stranger_do_not_shadow_ours(project: Path) -> None:
    for name in ("schemas", "planner", "workers", "click"):
        (project / name).mkdir()
        (project / name / "__init__.py").write_text("raise SystemExit('shadowed')\n", encoding="utf-8")
    done = tasks("plan", "-f", "spec.md", "-o", "out", cwd=project, PYTHONPATH=str(project))
    assert done.returncode == 0, done.stderr


def test_a_closed_pipe_is_no_failure(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "tasks_cli", "schema", "tasks"],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_colour_is_left_out_when_nobody_looks(project: Path) -> None:
    assert "\x1b" not in tasks("plan", cwd=project).stderr


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["validate-plan", "--help"]])
def test_help_loads_neither_temporal_nor_the_planner(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from tasks_cli.command_line import tasks\n"
        "from tasks_cli.exit_status import exit_status\n"
        f"code = exit_status(tasks, {arguments!r})\n"
        "heavy = {'temporalio', 'pydantic', 'numpy', 'networkx'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy - {'pydantic'} else code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_reading_commands_never_load_temporal(project: Path) -> None:
    tasks("plan", "-f", "spec.md", "-o", "out", cwd=project)
    program = (
        "import sys\n"
        "from tasks_cli.command_line import tasks\n"
        "from tasks_cli.exit_status import exit_status\n"
        "for line in ('validate-plan out', 'show-plan out', 'list-plans', 'diff-plan out out',\n"
        "             'archive-plan out --tag v1', 'export out --format csv', 'schema tasks',\n"
        "             'report out -o report.html', 'export out --format github-issues -o issues.json',\n"
        "             'import issues.json -o imported', 'plan -f spec.md -o out', 'plan --from-plan out',\n"
        "             'logs --help'):\n"
        "    assert exit_status(tasks, line.split()) == 0, line\n"
        "assert 'temporalio' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
