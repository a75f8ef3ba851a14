"""Lists of tasks, line by line: both forms of spec-kit, Kiro, OpenSpec, and what real files do to them."""

from __future__ import annotations

import pytest

from planner.exchange.task_list import TaskLine, TaskList
from planner.exchange.task_list_reading import read_task_list, task_list_dialect

HEAD = "# Tasks: x\n\n## Phase 1: Setup\n"
TAIL = "- [ ] T900 a\n- [ ] T901 b\n"


def read(text: str, name: str = "tasks.md") -> TaskList:
    found = read_task_list(name, text)
    assert found is not None
    return found


def first(line: str) -> TaskLine:
    """Return the task of one line of a list."""
    return read(f"{HEAD}{line}\n{TAIL}").tasks[0]


def rules(text: str) -> list[tuple[str, int]]:
    return [(oddity.rule, oddity.line) for oddity in read(text).oddities]


@pytest.mark.parametrize(
    ("line", "identifier", "text", "parallel", "stories", "labels"),
    [
        ("- [ ] T001 Do it", "T001", "Do it", False, (), ()),
        ("* [ ] T001: Do it", "T001", "Do it", False, (), ()),
        ("1. [ ] T1000 [P] Do it", "T1000", "Do it", True, (), ()),
        ("- [ ] T012a [P] [US1] Do it", "T012a", "Do it", True, ("US1",), ()),
        ("- [ ] T001 [US2] [P] Do it", "T001", "Do it", True, ("US2",), ()),
        ("- [ ] **T001** Do it", "T001", "Do it", False, (), ()),
        ("- [ ] **T001**: [US1+US3] Do it", "T001", "Do it", False, ("US1", "US3"), ()),
        ("- [ ] T001 [US2a] Do it", "T001", "Do it", False, ("US2a",), ()),
        ("- [ ] T001 [SETUP] [E2E] Do it", "T001", "Do it", False, (), ("SETUP", "E2E")),
        ("- [ ] T001 [link](x.md) Do it", "T001", "[link](x.md) Do it", False, (), ()),
        (
            "- [ ] T001 \u8a2d\u5b9a\u3092\u66f8\u304f",
            "T001",
            "\u8a2d\u5b9a\u3092\u66f8\u304f",
            False,
            (),
            (),
        ),
    ],
)
def test_a_line_is_taken_apart(
    line: str,
    identifier: str,
    text: str,
    parallel: bool,  # noqa: FBT001 - a table of lines
    stories: tuple[str, ...],
    labels: tuple[str, ...],
) -> None:
    task = first(line)
    assert (task.id, task.text, task.parallel) == (identifier, text, parallel)
    assert (task.stories, task.labels) == (stories, labels)


@pytest.mark.parametrize(
    ("mark", "state"), [(" ", "open"), ("x", "done"), ("X", "done"), ("-", "deferred"), ("~", "open")]
)
def test_the_mark_in_the_box_is_the_state_and_its_place_is_known(mark: str, state: str) -> None:
    text = f"{HEAD}- [{mark}] T001 Do it\n{TAIL}"
    task = read(text).tasks[0]
    assert task.state == state
    assert task.mark is not None
    ticked = text[: task.mark] + "X" + text[task.mark + 1 :]
    assert read(ticked).tasks[0].state == "done"
    assert len(ticked) == len(text)


def test_places_are_exact_whatever_the_line_ends() -> None:
    text = f"{HEAD}- [ ] T001 Do it\r\n  - a detail\r\n{TAIL}"
    task = read(text).tasks[0]
    assert text[task.place.start : task.place.end] == "- [ ] T001 Do it"
    assert text[task.text_start : task.place.end] == "Do it"
    assert [text[line.start : line.end] for line in task.details] == ["- a detail"]
    assert (task.place.line, task.details[0].line) == (4, 5)


def test_phases_have_their_kind_story_and_priority() -> None:
    text = (
        "# Tasks\n## Phase 1: Setup (Shared)\n- [ ] T001 a\n## Phase 2: Foundational\n- [ ] T002 b\n"
        "## Phase 3: User Story 1 - Draw (Priority: P1) MVP\n### Tests for User Story 1\n- [ ] T003 c\n"
        "### Implementation\n- [ ] T004 d\n## Phase N: Polish\n- [ ] T005 e\n"
    )
    groups = read(text).groups
    assert [(group.kind, group.story, group.priority) for group in groups] == [
        ("setup", None, None),
        ("foundational", None, None),
        ("story", "US1", "P1"),
        ("polish", None, None),
    ]
    assert groups[2].title == "User Story 1 - Draw MVP"
    assert [task.group for task in read(text).tasks] == [0, 1, 2, 2, 3]


def test_the_older_form_has_numbers_with_a_dot() -> None:
    groups = read("# Tasks\n## Phase 3.1: Setup\n- [ ] T001 a\n## Phase 3.5: Polish\n- [ ] T002 b\n").groups
    assert [(group.number, group.kind) for group in groups] == [((3, 1), "setup"), ((3, 5), "polish")]


def test_what_stands_in_a_code_block_is_no_task() -> None:
    text = f"{HEAD}{TAIL}```\n- [ ] T001 no\nT900 -> T901\n```\n"
    found = read(text)
    assert [task.id for task in found.tasks] == ["T900", "T901"]
    assert [text[line.start : line.end] for line in found.drawn] == ["T900 -> T901"]


def test_a_code_block_that_never_ends_is_reported() -> None:
    assert rules(f"{HEAD}{TAIL}```\n- [ ] T001 lost\n") == [("fence-never-ends", 6)]


def test_oddities_are_told_with_their_lines() -> None:
    text = f"{HEAD}- [ ] no id\n- [-] T001 later\n- [ ] T002 a\n- [ ] T002 b\n- [?] T003 c\n"
    assert rules(text) == [
        ("box-without-id", 4),
        ("deferred", 5),
        ("id-used-twice", 6),
        ("id-used-twice", 7),
        ("unknown-mark", 8),
    ]


def test_lines_without_boxes_are_tasks_only_where_there_are_no_boxes_at_all() -> None:
    text = "# Tasks\n## Phase 1: Setup\nT001 [P] Setup: a\nT002 b\n## Dependencies\nT002 needs T001\n"
    found = read(text)
    assert [(task.id, task.parallel) for task in found.tasks] == [("T001", True), ("T002", False)]
    assert [line.line for line in found.relations] == [6]


def test_kiro_nests_has_optional_tasks_and_names_requirements() -> None:
    text = (
        "# Implementation Plan\n\n- [x] 1. Read\n  - [x] 1.1 Parse\n    - detail\n"
        "    - _Requirements: 1.1, 2.3_\n  - [ ]* 1.2 Test\n- [ ] 2. Show\n"
    )
    found = read(text, "plan.md")
    assert found.dialect == "numbered"
    assert [(task.id, task.state, task.optional) for task in found.tasks] == [
        ("1.1", "done", False),
        ("1.2", "open", True),
        ("2", "open", False),
    ]
    assert found.tasks[0].requirements == ("1.1", "2.3")
    assert [parent.id for parent in found.parents] == ["1"]
    assert [oddity.rule for oddity in found.oddities] == ["ticked-over-open"]


@pytest.mark.parametrize(
    ("name", "text", "dialect"),
    [
        ("x/tasks.md", "- [ ] T001 a\n- [ ] T002 b\n", "spec-kit"),
        ("a.md", "# Tasks: x\n- [ ] T001 a\n- [ ] T002 b\n", "spec-kit"),
        ("a.md", "## Phase 1: Setup\n- [ ] T001 a\n- [ ] T002 b\n", "spec-kit"),
        ("a.md", "## 1. Part\n- [ ] 1.1 a\n- [ ] 1.2 b\n", "numbered"),
        ("a.md", "# Implementation Plan\n- [ ] 1. a\n- [ ] 2. b\n", "numbered"),
        ("a.md", "# Notes\n- [ ] T001 a\n- [ ] T002 b\n", None),
        ("a.md", "# Notes\n- [ ] 1.1 a\n- [ ] 2.1 b\n", None),
        ("tasks.md", "- [ ] a\n- [ ] b\n", None),
        ("tasks.md", "- [ ] T001 a\n", None),
        ("tasks.md", "", None),
    ],
)
def test_a_list_is_known_by_its_name_title_or_phases_and_its_ids(
    name: str, text: str, dialect: str | None
) -> None:
    assert task_list_dialect(name, text) == dialect
