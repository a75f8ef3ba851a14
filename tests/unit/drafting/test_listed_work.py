"""Work that a document lists without boxes: build orders, action items, tables, steps, stories, bugs."""

from __future__ import annotations

import pytest

from tests.unit.drafting.drafted import drafted, edges, rules


def titles(text: str) -> list[str]:
    return [task.title for task in drafted(text).tasks]


def pairs(text: str) -> list[tuple[str, str]]:
    return [(earlier, later) for earlier, later, _, _, hard in edges(drafted(text)) if hard]


@pytest.mark.parametrize(
    "heading",
    [
        "Build order",
        "Implementation plan",
        "Action items",
        "Next steps",
        "Roadmap",
        "Known bugs",
        "3. Tasks",
        "TODO",
    ],
)
def test_the_items_below_a_list_of_work_are_tasks(heading: str) -> None:
    assert titles(f"# T\n## {heading}\n- Write it\n- Ann: send it\n- ~~Old~~\n") == [
        "Write it",
        "Ann: send it",
    ]


def test_a_title_has_no_full_stop_and_keeps_dots_that_mean_something() -> None:
    text = "# T\n- [ ] Mend it.\n- [ ] Run go vet ./...\n- [ ] Mend `a.py` (and more).\n- [ ] Wait...\n"
    assert titles(text) == ["Mend it", "Run go vet ./...", "Mend a.py (and more)", "Wait..."]


@pytest.mark.parametrize(
    "heading", ["Steps to reproduce", "Usage", "Out of scope: tasks", "Taskforce", "References"]
)
def test_the_items_below_another_heading_are_none(heading: str) -> None:
    text = f"# T\n## {heading}\n- Write it\n\n## A\nIt MUST work.\n"
    assert titles(text) == ["A"]


def test_an_item_that_names_a_section_gives_it_its_place_and_is_no_task_of_its_own() -> None:
    sections = "# T\n## Parser\nIt MUST parse.\n## Printer\nIt MUST print.\n"
    text = sections + "## Build order\n1. Printer\n2. Parser\n3. Ship it\n"
    draft = drafted(text)
    assert [task.title for task in draft.tasks] == ["Parser", "Printer", "Ship it"]
    assert pairs(text) == [("P1.T002", "P1.T001"), ("P1.T001", "P1.T003")]
    assert draft.dependencies[0].evidence[0].quote == "2. Parser"


def test_numbers_of_chapters_are_no_order() -> None:
    assert pairs("# T\n## 1. Parser\nIt MUST parse.\n## 2. Printer\nIt MUST print.\n") == []


def test_rows_of_a_table_are_tasks_with_label_estimate_and_what_they_need() -> None:
    text = (
        "# T\n| ID | Task | Depends on | Estimate | Status |\n|---|---|---|---|---|\n"
        "| W1 | Load it | - | 1/2/4 h | |\n| W2 | Clean it | W1 | 3 h | |\n| W3 | Old | | | done |\n"
        "| W4 | Draw it | W9 | | |\n"
    )
    draft = drafted(text)
    assert [task.title for task in draft.tasks] == ["Load it", "Clean it", "Draw it"]
    assert pairs(text) == [("P1.T001", "P1.T002")]
    assert draft.dependencies[0].evidence[-1].quote == "W1"
    assert "unclear-reference" in rules(draft)
    durations = [task.duration.mostLikely for task in draft.tasks if task.duration]
    assert durations == [2, 3, 2]


def test_rows_may_be_numbered() -> None:
    text = "# T\n| # | Step | After |\n|---|---|---|\n| 1 | Load it | |\n| 2 | Clean it | 1 |\n"
    assert pairs(text) == [("P1.T001", "P1.T002")]


def test_steps_are_tasks_even_if_nothing_is_required_in_them() -> None:
    text = "# T\n## Step 1: Stop\nStop writing.\n## Step 2: Copy\nCopy all.\n## Notes\nNothing.\n"
    assert titles(text) == ["Stop", "Copy"]
    assert pairs(text) == [("P1.T001", "P1.T002")]


def test_stories_and_labelled_headings_are_tasks() -> None:
    assert titles("# T\n## User Story 1 - Draw\nx\n## User Story 2 - Erase\ny\n") == [
        "User Story 1 - Draw",
        "User Story 2 - Erase",
    ]
    assert titles("# T\n## BUG-1: Crash\nx\n## BUG-2: Hang\nBlocked by BUG-1.\n") == [
        "BUG-1: Crash",
        "BUG-2: Hang",
    ]


def test_a_story_with_boxes_is_no_task_beside_them() -> None:
    assert titles("# T\n## User Story 1 - Draw\n- [ ] a\n- [ ] b\n") == ["a", "b"]


def test_a_long_list_of_labelled_requirements_is_divided_and_a_short_one_is_not() -> None:
    def listed(count: int) -> str:
        return "# T\n## Needs\n" + "".join(f"- FR-{n:03d}: It MUST {n}.\n" for n in range(count))

    assert titles(listed(6)) == ["Needs"]
    draft = drafted(listed(7))
    assert len(draft.tasks) == 7
    assert draft.autonormalization.split == ("spec.md, H2: Needs: 7 labelled statements, a task each",)


def test_a_large_plan_is_divided_into_features_by_lower_headings_up_to_twenty_five() -> None:
    few = "# T\n## All\n" + "".join(f"### Part {n}\nIt MUST {n}.\n" for n in range(8))
    assert len(drafted(few).features) == 8
    many = "# T\n## All\n" + "".join(f"### Part {n}\nIt MUST {n}.\n" for n in range(26))
    assert len(drafted(many).features) == 1


def test_a_heading_that_says_nothing_is_told_by_its_first_sentence() -> None:
    assert titles("# T\n## Decision\nWe will keep it.\n") == ["Decision: We will keep it."]


def test_of_many_sections_at_the_top_the_smallest_go_together() -> None:
    text = "# T\n" + "".join(f"## Area {n}\n### A\nIt MUST {n}.\n### B\nIt MUST b{n}.\n" for n in range(30))
    draft = drafted(text + "## Small\n### C\nIt MUST c.\n")
    assert len(draft.features) == 25
    assert {task.feature_id for task in draft.tasks} == {feature.id for feature in draft.features}


def test_release_notes_ask_for_nothing() -> None:
    text = (
        "# T\n## A\nIt must work.\n## Changes\n### v2.1 (2031-05-04)\n- Fix the hinge\n- It must not squeak\n"
    )
    assert titles(text) == ["A"]
