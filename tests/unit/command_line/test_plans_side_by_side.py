"""The commands that work on finished plans: computing them again, comparing, archiving, exporting."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_cli.export import FORMS
from tests.unit.command_line.conftest import Run
from tests.unit.command_line.specifications import CYCLE, SPEC


@pytest.fixture
def run(run: Run) -> Run:
    """Return the same with a plan in `out`."""
    assert run("plan", "-f", "spec.md", "-o", "out", "-j", "3")[0] == 0
    return run


def edit(file: Path, change: Callable[[dict[str, object]], None]) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")


def estimate(hours: float) -> Callable[[dict[str, object]], None]:
    def change(content: dict[str, object]) -> None:
        listed = content["tasks"]
        assert isinstance(listed, list)
        listed[1]["duration"] = {"optimistic": hours, "mostLikely": hours, "pessimistic": hours}

    return change


def texts(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.is_file()}


def test_a_plan_that_nobody_edited_is_computed_to_the_same_bytes(project: Path, run: Run) -> None:
    before = texts(project / "out")
    code, out, _ = run("plan", "--from-plan", "out")
    assert (code, Path(out.strip())) == (0, (project / "out").resolve())
    assert texts(project / "out") == before


def test_an_edited_task_is_rejected_until_everything_that_follows_is_computed_again(
    project: Path, run: Run
) -> None:
    edit(project / "out" / "tasks.json", estimate(30))
    code, _, err = run("validate-plan", "out")
    assert code == 5
    assert "tasks plan --from-plan" in err
    assert run("plan", "--from-plan", "out")[0] == 0
    assert run("validate-plan", "out")[0] == 0
    waves = json.loads((project / "out" / "waves.json").read_text(encoding="utf-8"))
    rolling = waves["execution_models"]["rolling_frontier"]
    assert rolling["estimated_completion_time"]["p50_hours"] > 30
    assert rolling["config"]["max_concurrent_tasks"] == 3, "what the plan states goes before the settings"


def test_what_the_documents_ask_for_is_still_traced_when_a_plan_is_computed_again(
    project: Path, run: Run
) -> None:
    (project / "asks.md").write_text("# A\n\n## Write it\n\nIt MUST be written.\n", encoding="utf-8")
    run("plan", "-f", "asks.md", "-o", "asked")
    before = (project / "asked" / "features.json").read_text(encoding="utf-8")
    run("plan", "--from-plan", "asked")
    assert '"statements"' in before
    assert (project / "asked" / "features.json").read_text(encoding="utf-8") == before


def test_another_folder_leaves_the_edited_one_as_it_is(project: Path, run: Run) -> None:
    edit(project / "out" / "tasks.json", estimate(30))
    before = texts(project / "out")
    assert run("plan", "--from-plan", "out", "-o", "second")[0] == 0
    assert texts(project / "out") == before
    assert run("validate-plan", "second")[0] == 0


def test_an_edited_document_is_not_overwritten_without_force(project: Path, run: Run) -> None:
    (project / "out" / "Plan.md").write_text("my own words", encoding="utf-8")
    code, out, err = run("plan", "--from-plan", "out")
    assert (code, out) == (1, "")
    assert "Plan.md" in err
    assert "--force" in err
    assert run("plan", "--from-plan", "out", "--force")[0] == 0
    assert (project / "out" / "Plan.md").read_text(encoding="utf-8") != "my own words"


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda folder: (folder / "tasks.json").unlink(), "tasks.json cannot be read"),
        (lambda folder: (folder / "tasks.json").write_text("{"), "tasks.json:1"),
        (lambda folder: (folder / "features.json").write_text('{"a": 1}'), "features.json:1"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    project: Path, run: Run, break_it: Callable[[Path], None], said: str
) -> None:
    break_it(project / "out")
    before = texts(project / "out")
    code, out, err = run("plan", "--from-plan", "out")
    assert (code, out) == (5, "")
    assert said in err
    assert texts(project / "out") == before


def test_an_edit_that_makes_a_circle_is_rejected_as_one(project: Path, run: Run) -> None:
    (project / "circle.md").write_text(CYCLE, encoding="utf-8")
    run("plan", "-f", "circle.md", "-o", "circle")

    def close(content: dict[str, object]) -> None:
        listed = content["dependencies"]
        assert isinstance(listed, list)
        back = {**listed[0], "from": listed[0]["to"], "to": listed[0]["from"]}
        listed.append(back)

    edit(project / "circle" / "tasks.json", close)
    assert run("plan", "--from-plan", "circle")[0] == 3


def test_a_plan_and_a_document_together_are_refused(run: Run) -> None:
    assert run("plan", "--from-plan", "out", "-f", "spec.md")[0] == 1
    assert run("plan", "--from-plan", "nowhere")[0] == 1


def test_two_plans_differ_in_tasks_edges_estimates_and_forecast(project: Path, run: Run) -> None:
    edit(project / "out" / "tasks.json", estimate(30))
    run("plan", "--from-plan", "out", "-o", "second")
    run("plan", "-f", "spec.md", "-o", "first", "-j", "3")
    text = (
        SPEC
        + "\n## 3. Say goodbye\n\n```sh run\necho bye > bye.txt\n```\n\n```sh check\ntest -s bye.txt\n```\n"
    )
    (project / "more.md").write_text(text, encoding="utf-8")
    run("plan", "-f", "more.md", "-o", "third", "-j", "3")

    code, out, _ = run("diff-plan", "first", "second")
    assert code == 0
    assert "duration" in out
    assert "30 h" in out
    assert "are done again" in out
    found = json.loads(run("diff-plan", "first", "third", "--json")[1])
    assert len(found["tasks"]["added"]) == 1
    assert found["edges"]["added"]
    assert found["forecast"]["rolling_frontier"]["p50_hours"][0] is not None
    assert run("diff-plan", "first", "third", "--exit-code")[0] == 1
    same = run("diff-plan", "first", "first", "--exit-code")
    assert (same[0], "both plans ask for the same" in same[1]) == (0, True)


def test_an_archived_plan_is_listed_and_never_replaced(project: Path, run: Run, tmp_path: Path) -> None:
    code, out, _ = run("archive-plan", "out", "--tag", "v1.0-release")
    place = Path(out.strip())
    assert code == 0
    assert place.is_relative_to(tmp_path / "state")
    assert (place / "tasks.json").read_bytes() == (project / "out" / "tasks.json").read_bytes()
    assert (place / "tasks.json").stat().st_mode & 0o222 == 0
    assert run("archive-plan", "out", "--tag", "v1.0-release")[:2] == (0, out)
    assert "tag v1.0-release" in run("list-plans")[1]
    assert json.loads(run("list-plans", "--json")[1])[0]["tags"] == ["v1.0-release"]
    assert run("validate-plan", str(place))[0] == 0

    edit(project / "out" / "tasks.json", estimate(30))
    run("plan", "--from-plan", "out")
    code, out, err = run("archive-plan", "out", "--tag", "v1.0-release")
    assert (code, out) == (1, "")
    assert "never replaced" in err
    (place / "Plan.md").chmod(0o644)
    (place / "Plan.md").write_text("changed", encoding="utf-8")
    run("plan", "-f", "spec.md", "-o", "out", "-j", "3", "--force")
    code, _, err = run("archive-plan", "out", "--tag", "v1.0-release")
    assert code == 5
    assert "damaged: Plan.md" in err


@pytest.mark.parametrize("tag", ["../up", "a/b", "", "-x", "a..b"])
def test_a_tag_that_would_leave_the_archive_is_refused(run: Run, tag: str) -> None:
    assert run("archive-plan", "out", f"--tag={tag}")[0] == 1


def test_every_form_of_export_holds_every_task(project: Path, run: Run) -> None:
    names = [task["id"] for task in json.loads((project / "out" / "tasks.json").read_text())["tasks"]]
    for form in FORMS:
        code, out, _ = run("export", "out", "--format", form)
        assert code == 0
        assert all(name in out for name in names), form
    assert run("export", "out", "--format", "csv", "-o", "plan.csv")[:2] == (0, "plan.csv\n")
    with (project / "plan.csv").open(encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file)] == names
    graph = ET.fromstring(run("export", "out", "--format", "graphml")[1])  # noqa: S314 - our own output
    assert len(list(graph.iter("{http://graphml.graphdrawing.org/xmlns}node"))) == len(names)
    issues = json.loads(run("export", "out", "--format", "github-issues")[1])
    assert [issue["title"].split(":")[0] for issue in issues] == names
    assert all("Done when" in issue["body"] for issue in issues)


def test_an_export_names_a_path_once_and_a_quote_with_its_place(project: Path, run: Run) -> None:
    (project / "list.md").write_text("# T\n- [ ] Mend `a.py`\n- [ ] Mend it too\n\n  See `b.py`.\n")
    run("plan", "-f", "list.md", "-o", "listed")
    lines = run("export", "listed", "--format", "tasks-md")[1].splitlines()
    assert "- [ ] P1.T001 Mend a.py" in lines
    assert "- [ ] P1.T002 Mend it too in b.py" in lines
    issues = json.loads(run("export", "listed", "--format", "github-issues")[1])
    assert "> Mend `a.py`\n> (list.md:2)" in issues[0]["body"]


def test_an_export_that_cannot_be_written_says_where(run: Run) -> None:
    code, out, err = run("export", "out", "--format", "csv", "-o", "no/such/folder.csv")
    assert (code, out) == (1, "")
    assert "no/such/folder.csv" in err
