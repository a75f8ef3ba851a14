"""`tasks report DIR` without a run: where the page goes, what is printed, and that no server is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.command_line.conftest import Run
from tests.unit.documents.report.parsed_page import ParsedPage


@pytest.fixture
def run(run: Run) -> Run:
    """Return the same with a plan in `out`."""
    run("plan", "-f", "spec.md", "-o", "out")
    return run


def test_the_page_is_written_into_the_plan_folder_and_its_path_is_the_result(project: Path, run: Run) -> None:
    place = project / "out" / "report.html"
    assert run("report", "out") == (0, f"{place}\n", "")
    first = place.read_bytes()
    page = ParsedPage.of(first.decode())
    assert "Write the greeting" in page.text()
    assert "1 h / 2 h / 4 h (document)" in page.text()
    assert all((place.parent / link.get("href", "")).is_file() for link in page.root.iter("a"))
    run("report", "out")
    assert place.read_bytes() == first


def test_a_report_leaves_the_plan_valid_and_the_folder_replaceable(project: Path, run: Run) -> None:
    run("report", "out")
    assert run("validate-plan", "out")[0] == 0
    assert run("plan", "-f", "spec.md", "-o", "out")[0] == 0
    assert not (project / "out" / "report.html").exists()  # it showed the plan that was replaced


def test_a_page_elsewhere_leads_back_to_the_plan(project: Path, run: Run) -> None:
    (project / "pages").mkdir()
    code, out, _ = run("report", "out", "-o", "pages/plan.html", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["report"] == str(project / "pages" / "plan.html")
    assert (answer["tasks"], answer["run_id"]) == (2, None)
    page = ParsedPage.of((project / "pages" / "plan.html").read_text(encoding="utf-8"))
    assert next(page.root.iter("a")).get("href") == "../out/Plan.md"


def test_a_rejected_plan_has_a_report_too(project: Path, run: Run) -> None:
    assert run("plan", "-f", "circle.md", "-o", "circle")[0] == 3
    assert run("report", "circle")[0] == 0
    page = ParsedPage.of((project / "circle" / "report.html").read_text(encoding="utf-8"))
    assert "There is no schedule" in page.text()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("report", "nowhere"), 1, "no plan folder"),
        (("report", "."), 5, "tasks.json: the file is missing"),
        (("report", "out", "-o", "no/such/folder/x.html"), 1, "choose another file with -o"),
        (("report",), 1, "DIRECTORY"),
    ],
)
def test_a_mistake_has_its_exit_code_and_says_what_was_wrong(
    arguments: tuple[str, ...], code: int, said: str, run: Run
) -> None:
    ended, out, said_there = run(*arguments)
    assert (ended, out) == (code, ""), said_there
    assert said in said_there


def test_without_a_run_no_server_is_asked_and_temporal_is_not_imported(run: Run, project: Path) -> None:
    code = (
        "import sys; from tasks_cli.command_line import tasks; "
        "tasks(['report', 'out'], standalone_mode=False); "
        "assert not [name for name in sys.modules if name.split('.')[0] == 'temporalio']"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not list((project.parent / "state").glob("service*"))
