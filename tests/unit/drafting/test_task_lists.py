"""Plans from lists of tasks: their order, their shared files, and what is not believed."""

from __future__ import annotations

import pytest

from planner.codebase.survey import Survey
from planner.draft import Draft
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.source_document import read_source_bytes
from schemas.errors import InvalidArguments
from schemas.plan import Drafter
from schemas.settings import PlanSettings
from tests.unit.drafting.drafted import rules

STORIES = (
    "# Tasks\n## Phase 1: Setup\n- [ ] T001 a\n## Phase 2: Foundational\n- [ ] T002 b\n"
    "## Phase 3: User Story 1 - Draw (Priority: P1)\n- [ ] T003 [US1] c\n"
    "## Phase 4: User Story 2 - Erase (Priority: P2)\n- [ ] T004 [US2] d\n## Phase 5: Polish\n- [ ] T005 e\n"
)


def drafted(*texts: str, drafter: Drafter | None = None, files: tuple[str, ...] = ()) -> Draft:
    sources = tuple(
        read_source_bytes(text.encode(), name)
        for text, name in zip(texts, ("tasks.md", "spec.md"), strict=False)
    )
    survey = Survey(root="/repo", files=frozenset(files))
    return draft_from_documents(sources, survey, PlanSettings(), None, drafter)


def pairs(draft: Draft) -> list[tuple[str, str]]:
    return [(item.from_, item.to) for item in draft.dependencies if item.shared_resource is None]


def one_phase(*lines: str) -> str:
    return "# Tasks\n## Phase 1: Setup\n" + "".join(f"- [ ] {line}\n" for line in lines)


def test_phases_are_barriers_and_stories_stand_side_by_side() -> None:
    draft = drafted(STORIES)
    assert draft.drafter == "tasks-md"
    assert pairs(draft) == [
        ("T001", "T002"),
        ("T002", "T003"),
        ("T002", "T004"),
        ("T003", "T005"),
        ("T004", "T005"),
    ]
    assert draft.dependencies[0].evidence[0].quote == "## Phase 2: Foundational"
    assert [(task.story, task.scheduling_hints.priority) for task in draft.tasks[2:4]] == [
        ("US1", "high"),
        ("US2", "medium"),
    ]
    assert [feature.title for feature in draft.features][:2] == ["Setup", "Foundational"]


def test_tasks_follow_one_another_and_those_marked_parallel_stand_side_by_side() -> None:
    draft = drafted(one_phase("T001 a", "T002 [P] b", "T003 [P] c", "T004 d"))
    assert pairs(draft) == [("T001", "T002"), ("T001", "T003"), ("T002", "T004"), ("T003", "T004")]


def test_tests_come_before_the_implementation_of_their_phase() -> None:
    text = "# Tasks\n## Phase 1: Setup\n### Tests\n- [ ] T001 [P] a\n### Implementation\n- [ ] T002 [P] b\n"
    assert pairs(drafted(text)) == [("T001", "T002")]


def test_a_parallel_mark_that_breaks_its_own_rule_is_reported_and_the_tasks_do_not_overlap() -> None:
    draft = drafted(
        one_phase("T001 [P] Test a in tests/x.py", "T002 [P] Test b in tests/x.py", "T003 [P] c in y.py")
    )
    (finding,) = (item for item in draft.findings if item.rule == "parallel-mark")
    assert finding.message.startswith("T001, T002 are marked [P] and all name tests/x.py")
    assert finding.line == 3
    first, second, third = (task.resource_requirements.estimated.exclusive_resources for task in draft.tasks)
    assert first == second != ()
    assert third == ()
    assert [(item.from_, item.to, item.type) for item in draft.dependencies] == [
        ("T001", "T002", "mutual_exclusion")
    ]


def test_paths_in_the_text_are_the_scope() -> None:
    lines = (
        "T001 Create a in src/a.py, then docs/b.md.",
        "T002 Change /repo/src/c.py and /elsewhere/src/c.py",
        "T003 Add src/migrations/ and and/or GET/POST https://x.org/y.html",
        "T004 Think",
    )
    draft = drafted(one_phase(*lines), files=("src/c.py",))
    scopes = [task.file_scope for task in draft.tasks]
    assert [scope and (scope.modify, scope.create) for scope in scopes] == [
        ((), ("src/a.py", "docs/b.md")),
        (("src/c.py",), ()),
        (("src/migrations/**",), ()),
        None,
    ]


def test_ticked_and_deferred_tasks_are_left_out_and_hold_up_nobody() -> None:
    done = "# Tasks\n## Phase 1: Setup\n- [x] T001 a\n- [-] T002 b\n"
    draft = drafted(done + "- [ ] T003 c (depends on T001)\n- [ ] T004 d\n")
    assert [task.id for task in draft.tasks] == ["T003", "T004"]
    assert pairs(draft) == [("T003", "T004")]
    assert {"already-ticked", "deferred"} <= set(rules(draft))
    assert "unclear-reference" not in rules(draft)


def test_what_the_dependencies_section_says_is_taken_with_its_line_as_evidence() -> None:
    text = (
        one_phase("T001 [P] a", "T002 [P] b", "T003 [P] c")
        + "## Dependencies\n- T001 before T003\n- T009 after T001\n"
    )
    draft = drafted(text)
    assert pairs(draft) == [("T001", "T003")]
    assert draft.dependencies[0].evidence[0].quote == "- T001 before T003"
    assert [item.line for item in draft.findings if item.rule == "unclear-reference"] == [8]


def test_ids_used_twice_are_told_apart() -> None:
    draft = drafted(one_phase("T001 a", "T001 b", "T001a c", "T002 d, after T001"))
    assert [task.id for task in draft.tasks] == ["T001-1", "T001-2", "T001a", "T002"]
    assert "id-used-twice" in rules(draft)
    assert "unclear-reference" in rules(draft)


def test_numbered_tasks_follow_one_another_and_an_optional_one_holds_up_nobody() -> None:
    draft = drafted("# Implementation Plan\n- [ ] 1. a\n- [ ]* 2. b\n- [ ] 3. c\n")
    assert pairs(draft) == [("1", "2"), ("1", "3")]
    assert [task.optional for task in draft.tasks] == [None, True, None]


def test_tests_that_fail_at_first_are_pointed_out() -> None:
    assert "red-tests" in rules(drafted(one_phase("T001 Write failing test of x", "T002 b")))


def test_the_drafter_can_be_named() -> None:
    assert drafted(STORIES, drafter="document").drafter == "document"
    assert drafted(STORIES, drafter="document").tasks[0].id == "P1.T001"
    assert drafted(STORIES, drafter="tasks-md").drafter == "tasks-md"
    with pytest.raises(InvalidArguments, match="no list of tasks") as caught:
        drafted("# A\n- [ ] b\n", drafter="tasks-md")
    assert "T001" in caught.value.hint


def test_a_specification_beside_the_list_gives_no_tasks_of_its_own() -> None:
    spec = (
        "# S\n## User Story 1 - Draw\n**Given** a, **When** b, **Then** c\n## R\n- **FR-001**: It MUST fly.\n"
    )
    draft = drafted(STORIES, spec)
    assert [task.id for task in draft.tasks] == ["T001", "T002", "T003", "T004", "T005"]
    found = {
        item.kind: (item.tasks, item.linked_by)
        for item in draft.statements
        if item.source_evidence.document == "spec.md"
    }
    assert found["behaviour"] == (("T003",), "story")
    assert found["requirement"] == ((), None)
    assert "uncovered" in rules(draft)


def test_a_list_whose_tasks_are_all_done_leaves_nothing_to_plan() -> None:
    with pytest.raises(InvalidArguments, match="every box is ticked"):
        drafted(STORIES.replace("[ ]", "[x]"))


def test_a_list_with_fences_that_act_is_a_runbook() -> None:
    text = STORIES + "## Do it\n```sh run\ntrue\n```\n"
    assert [task.title for task in drafted(text).tasks] == ["Do it"]


def test_a_remark_in_lower_case_beside_a_story_is_listed_and_given_to_nobody() -> None:
    spec = "# S\n## User Story 1 - Draw\nThe line MUST be red. The eraser should smell.\n"
    found = {item.source_evidence.quote: item for item in drafted(STORIES, spec).statements}
    assert found["The line MUST be red."].tasks == ("T003",)
    assert found["The eraser should smell."].tasks == ()
    assert "lower case" in (found["The eraser should smell."].uncovered or "")
