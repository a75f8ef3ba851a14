"""Whatever the documents are: a plan that validates, one that fails by a hard rule, or an error of ours."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.codebase.survey import Survey
from planner.draft import Draft, SourceText
from planner.drafting.document_drafter import draft_from_documents
from planner.exchange.file_fences import parse_file_fences, write_file_fences
from planner.exchange.task_list_reading import read_task_list
from planner.make_plan import make_plan
from planner.rules.plan_rules import RULES, rejection, validate
from planner.storage.plan_folder import plan_texts
from schemas.errors import InvalidArguments, TasksError
from schemas.features import FeaturesFile
from schemas.plan import FENCE_ORDER
from schemas.settings import PlanSettings, Settings
from schemas.tasks import PlanCommand
from tests.unit.drafting.test_any_document import DOCUMENT, NEWLINES, TEXT

QUICK = Settings(plan=PlanSettings(forecast_draws=5))
SURVEY = Survey(
    root=".",
    files=frozenset(["src/a.py"]),
    folders=frozenset([".", "src"]),
    verify=(PlanCommand(script="make test", origin="survey"),),
)
HARD = {rule.name for rule in RULES if rule.severity == "error"}
MARK = st.sampled_from([" ", " ", " ", "x", "X", "-", "~", ""])
ID = st.sampled_from(
    ["T001", "T002", "T003", "T004", "T012a", "**T005**", "T1000", "1.", "1.1", "2.3", "t1", ""]
)
LABELS = st.lists(
    st.sampled_from(["[P]", "[US1]", "[US2]", "[US1+US2]", "[E2E]", "[", "]", "*"]), max_size=3
).map(" ".join)
WORDS = st.sampled_from(
    [
        "Do it in src/a.py",
        "Test tests/x.py",
        "depends on T001",
        "(after T002, T003)",
        "It MUST work",
        "FR-001",
        "\u8a2d\u5b9a",
    ]
)
TASK_LINE = st.builds(
    lambda indent, mark, identifier, labels, words: f"{indent}- [{mark}] {identifier} {labels} {words}",
    st.sampled_from(["", "", "", "  ", "    ", "\t"]),
    MARK,
    ID,
    LABELS,
    WORDS | TEXT,
)
LIST_LINE = st.sampled_from(
    [
        "# Tasks: x",
        "# Implementation Plan",
        "## Phase 1: Setup",
        "## Phase 2: Foundational",
        "## Phase 3: User Story 1 - Draw (Priority: P1)",
        "## Phase 4: User Story 2",
        "## Phase N: Polish",
        "## 1. Part",
        "### Tests",
        "## Dependencies",
        "- T001-T003 before T004",
        "- User Story 1 depends on Setup",
        "- Polish after all user stories",
        "T001 -> T002 <- T003",
        "```",
        "  - _Requirements: 1.1, 2_",
        "T002 [P] no box",
        "",
    ]
)
TASK_LIST = st.lists(st.tuples(TASK_LINE | LIST_LINE | TEXT, NEWLINES), min_size=1, max_size=30).map(
    lambda lines: "".join(line + newline for line, newline in lines)
)
PROSE = st.lists(
    st.sampled_from(
        [
            "## Build order",
            "## Dependencies",
            "## User Story 1 - Draw",
            "## User Story 2 - Erase",
            "## Requirements",
            "## Out of scope",
            "### Acceptance criteria",
            "1. Parser",
            "2. Printer",
            "- Draw depends on Erase",
            "- **FR-001**: It MUST draw.",
            "- [ ] Do FR-001",
            "As a cook, I want salt so that it tastes.",
            "Given a, when b, then c.",
            "| Task | Depends on |",
            "|---|---|",
            "| Draw | Erase |",
            "| Erase | Draw |",
            "```mermaid",
            "a --> b",
            "```",
            "Draw -> Erase -> Draw",
            "TBD",
            "",
        ]
    )
    | TEXT,
    min_size=1,
    max_size=30,
).map("\n".join)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]


def draft_of(name: str, *texts: str) -> Draft | None:
    sources = tuple(SourceText(f"{number}/{name}", text, "0" * 64) for number, text in enumerate(texts))
    try:
        return draft_from_documents(sources, SURVEY, PlanSettings(), None)
    except TasksError as error:
        assert error.message  # noqa: PT017 - that it is one of ours is the test
        return None


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(
    st.sampled_from(["tasks.md", "spec.md"]), st.lists(TASK_LIST | PROSE | DOCUMENT, min_size=1, max_size=2)
)
def test_any_documents_give_a_plan_that_validates_or_breaks_a_hard_rule(name: str, texts: list[str]) -> None:
    draft = draft_of(name, *texts)
    if draft is None:
        return
    plan = make_plan(draft, QUICK, "2026-01-01T00:00:00Z")
    findings = validate(plan)
    errors = {finding.rule for finding in findings if finding.severity == "error"}
    assert plan.dag.ok == (not errors)
    assert errors <= HARD
    rejected = rejection(findings)
    assert (rejected is None) == plan.dag.ok
    assert rejected is None or rejected.exit_code in (3, 4, 5)
    written = plan_texts(plan)
    assert parse_file_fences(write_file_fences(written)) == written
    assert FeaturesFile.model_validate_json(written["features.json"]) == plan.features


@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(TASK_LIST)
def test_any_text_is_read_as_a_list_or_as_none_and_every_place_is_exact(text: str) -> None:
    found = read_task_list("tasks.md", text)
    if found is None:
        return
    lines = len(text.splitlines()) + 1
    for task in (*found.tasks, *found.parents):
        assert text[task.text_start : task.text_start + len(task.text)] == task.text
        assert task.id in text[task.place.start : task.place.end]
        assert 1 <= task.place.line <= lines
        assert task.mark is None or text[task.mark - 1] == "["
    assert all(0 <= (task.group or 0) < max(1, len(found.groups)) for task in found.tasks)


@settings(max_examples=120, deadline=None, suppress_health_check=QUIET)
@given(TASK_LIST | PROSE)
def test_statements_of_any_text_are_quoted_exactly_and_each_is_answered_or_has_a_reason(text: str) -> None:
    draft = draft_of("tasks.md", text)
    if draft is None:
        return
    ids = {task.id for task in draft.tasks}
    for statement in draft.statements:
        place = statement.source_evidence
        assert place.redacted or place.quote == text[place.loc.start : place.loc.end]
        assert bool(statement.tasks) != bool(statement.uncovered)
        assert set(statement.tasks) <= ids


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_read_as_files_or_refused(text: str) -> None:
    for whole in (text, f"---file:Plan.md\n{text}", text.replace("a", "\n---file:dag.json\n")):
        try:
            assert set(parse_file_fences(whole)) <= set(FENCE_ORDER)
        except InvalidArguments as error:
            assert error.hint  # noqa: PT017 - that it is one of ours is the test


SECRET = "ghp_" + "a1B2" * 9
LEAKY = {
    "spec.md": (
        "# Key {s}\n## Parser {s}\nIt MUST keep {s}.\n- **FR-001**: It MUST hide {s}\n"
        "### Open questions\n- {s}?\n"
        "## Build order\n1. Parser {s}\n2. Ship {s}, after {s}\n## Dependencies\n- Ship {s} depends on {s}\n"
        "```\nParser {s} -> Ship {s}\nMUST {s}\n```\n| Task | Depends on |\n|---|---|\n| Do {s} | {s} |\n"
        "<!-- MUST {s} -->\n## Non-goals\nMUST {s}\n"
    ),
    "tasks.md": (
        "# Tasks {s}\n## Phase 1: Setup {s}\n- [ ] T001 [P] Do {s} in src/{s}.py\n  - detail {s}\n"
        "- [ ] T002 [P] Do {s} in src/{s}.py\n## Phase 2: Next {s}\n- [ ] T003 {s} (depends on T009 {s})\n"
        "- [ ] {s}\n## Dependencies\n- T001 before {s}\n- {s} depends on T002\n"
    ),
}


@pytest.mark.parametrize("name", LEAKY)
def test_a_secret_stands_in_no_file_of_the_plan_wherever_the_document_has_it(name: str) -> None:
    draft = draft_of(name, LEAKY[name].format(s=SECRET))
    assert draft is not None
    texts = plan_texts(make_plan(draft, QUICK, "2026-01-01T00:00:00Z"))
    assert "[REDACTED]" in texts["features.json"]
    for file, text in texts.items():
        assert SECRET not in text, file


@pytest.mark.parametrize("drafter", ["document", "tasks-md"])
def test_the_command_takes_the_name_of_the_drafter(drafter: str, tmp_path: Path) -> None:
    (tmp_path / "tasks.md").write_text(
        "# Tasks\n## Phase 1: Setup\n- [ ] T001 Write it\n- [ ] T002 Send it\n"
    )
    (tmp_path / "Makefile").write_text("test:\n\ttrue\n")
    tasks = Path(__file__).resolve().parents[3] / ".venv" / "bin" / "tasks"
    done = subprocess.run(
        [tasks, "plan", "-f", "tasks.md", "--drafter", drafter, "--json", "-o", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert f'"drafter": "{drafter}"' in done.stdout
    assert ("## Traceability" in (tmp_path / "out" / "Plan.md").read_text()) is True
