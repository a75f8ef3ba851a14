"""Checklists, requirement sentences, Given/When/Then, and documents in which nothing is asked for."""

from __future__ import annotations

import pytest

from planner.codebase.survey import Survey
from planner.drafting.document_drafter import draft_from_documents
from schemas.errors import InvalidArguments
from schemas.settings import PlanSettings
from tests.unit.drafting.drafted import drafted, only_task, rules


def titles(text: str) -> list[str]:
    """Return the titles of the tasks of a document."""
    return [task.title for task in drafted(text).tasks]


def criteria(text: str) -> tuple[str, ...]:
    """Return the criteria of the one task of a document."""
    boundaries = only_task(text).boundaries
    assert boundaries is not None
    return boundaries.definition_of_done.criteria


def test_each_open_checkbox_is_a_task_and_a_ticked_one_is_not() -> None:
    draft = drafted("# Shop\n\n- [ ] Add a cart\n- [x] Draw a logo\n* [ ] Add **bold** `code`\n")
    assert [task.title for task in draft.tasks] == ["Add a cart", "Add bold code"]
    assert rules(draft)[0] == "already-ticked"


def test_boxes_below_a_box_are_its_criteria() -> None:
    text = "- [ ] Add a cart\n  - [ ] it is empty at first\n  - [x] it has a test\n"
    assert criteria(text) == ("it is empty at first", "it has a test")


def test_boxes_below_acceptance_criteria_are_no_tasks() -> None:
    draft = drafted("# A\n## Tasks\n- [ ] Build it\n## Acceptance criteria\n- [ ] It works\n")
    assert [task.title for task in draft.tasks] == ["Build it"]
    assert "not-planned" in rules(draft)


@pytest.mark.parametrize("heading", ["Out of scope", "Non-goals", "Future work"])
def test_what_is_out_of_scope_is_no_task(heading: str) -> None:
    assert titles(f"# A\n- [ ] Build it\n\n## {heading}\n- [ ] Sell it\n") == ["Build it"]
    assert titles(f"# A\n## B\nIt MUST work.\n## {heading}\nIt MUST fly.\n") == ["B"]


def test_requirements_are_grouped_by_their_lowest_heading() -> None:
    text = (
        "# P\n\nIntro.\n\n## Login\n\nUsers MUST log in. We like it.\n\n### Cookies\n\nA cookie SHALL last.\n"
    )
    draft = drafted(text)
    assert [(task.title, task.description) for task in draft.tasks] == [
        ("Login", "Users MUST log in."),
        ("Cookies", "A cookie SHALL last."),
    ]
    assert [evidence.quote for task in draft.tasks for evidence in task.source_evidence] == [
        "Users MUST log in.",
        "A cookie SHALL last.",
    ]


def test_every_word_of_the_standard_is_a_requirement_in_lists_and_tables_too() -> None:
    text = "# P\n- It MUST a.\n- It SHALL b.\n- It SHOULD c.\n\n| x |\n|---|\n| C is REQUIRED |\n"
    assert criteria(text) == ("It MUST a.", "It SHALL b.", "It SHOULD c.", "C is REQUIRED")


def test_the_sentence_that_explains_the_words_is_no_requirement() -> None:
    text = '# P\nThe key words "MUST" and "SHALL" are to be read as in RFC 2119.\n\n## A\nIt MUST work.\n'
    assert titles(text) == ["A"]


def test_words_in_lower_case_count_only_when_none_is_in_capitals() -> None:
    assert titles("# P\n## A\nIt MUST work.\n## B\nIt must shine.\n") == ["A"]
    draft = drafted("# P\n## B\nIt must shine.\n")
    assert [task.title for task in draft.tasks] == ["B"]
    assert rules(draft)[0] == "requirements-in-lower-case"


def test_a_sentence_is_not_cut_at_an_abbreviation() -> None:
    assert criteria("# P\nIt MUST keep data, e.g. Names, for a year. Other things.\n") == (
        "It MUST keep data, e.g. Names, for a year.",
    )


def test_given_when_then_is_one_criterion() -> None:
    steps = "- Given a user\n- When she logs in\n- Then she is in\n- And she is glad\n"
    text = f"# P\n## Login\nIt MUST work.\n\n{steps}"
    assert criteria(text) == (
        "It MUST work.",
        "Given a user, When she logs in, Then she is in, And she is glad",
    )


def test_given_when_then_alone_asks_for_something_too() -> None:
    assert titles("# P\n## Login\n\nGiven a user\nWhen she logs in\nThen she is in\n") == ["Login"]
    scenarios = "Scenario: a\n  Given x\n  When y\n  Then z\nScenario: b\n  Given q\n  When r\n  Then s\n"
    gherkin = f"```gherkin\n{scenarios}```"
    assert criteria(f"# P\n## Login\n{gherkin}\n") == ("Given x, When y, Then z", "Given q, When r, Then s")


def test_the_items_below_acceptance_criteria_ask_for_their_section() -> None:
    assert titles("# P\n## Cart\n### Acceptance criteria\n- It holds ten things\n") == ["Cart"]


def test_a_document_without_headings_has_its_first_requirement_as_title() -> None:
    draft = drafted("The tool MUST greet. It MUST be polite.")
    assert [task.title for task in draft.tasks] == ["The tool MUST greet"]
    assert draft.features[0].title == "spec"


def test_each_document_is_read_in_its_own_form() -> None:
    draft = drafted("# A\n- [ ] one\n", "# B\n## Two\nIt MUST work.\n")
    assert [task.title for task in draft.tasks] == ["one", "Two"]
    assert [feature.title for feature in draft.features] == ["A", "B"]
    assert [task.source_evidence[0].document for task in draft.tasks] == ["spec.md", "spec2.md"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Ideas\n\nIt would be nice.\n", "no task was found"),
        ("# Done\n- [x] a\n- [X] b\n", "every box is ticked"),
        ("<!-- - [ ] hidden -->", "no task was found"),
        ("~~~\n- [ ] example\n~~~\n", "no task was found"),
    ],
)
def test_a_document_that_asks_for_nothing_is_refused_with_the_forms_that_are_understood(
    text: str, message: str
) -> None:
    with pytest.raises(InvalidArguments) as caught:
        drafted(text)
    assert message in caught.value.message
    assert "spec.md" in caught.value.message
    assert all(form in caught.value.hint for form in ("sh run", "checklist", "MUST"))


def test_a_description_alone_is_refused_with_the_ways_on() -> None:
    with pytest.raises(InvalidArguments) as caught:
        draft_from_documents((), Survey(root="."), PlanSettings(), "Add a shop")
    assert all(way in caught.value.hint for way in ("runbook", "tasks.md", "model"))


def test_features_are_the_sections_at_the_top_or_the_title() -> None:
    draft = drafted("# Shop\n- [ ] under the title\n## Cart\n### Deep\n- [ ] in a section\n")
    assert [(feature.id, feature.title) for feature in draft.features] == [("F001", "Shop"), ("F002", "Cart")]
    assert [task.feature_id for task in draft.tasks] == ["F001", "F002"]
    assert draft.features[1].source_evidence[0].quote == "## Cart"


def test_several_headings_at_the_top_are_features_each() -> None:
    draft = drafted("# A\n- [ ] one\n# B\n- [ ] two\n")
    assert [feature.title for feature in draft.features] == ["A", "B"]


def test_the_users_title_wins() -> None:
    assert drafted("# Shop\n- [ ] a\n", title=" Mine ").title == "Mine"
    assert drafted("# Shop\n- [ ] a\n").title == "Shop"


@pytest.mark.parametrize(
    ("heading", "titles"),
    [
        ("Functional Requirements", ["FR-1: People MUST log in", "FR-2: People MUST log out"]),
        ("Requirements", ["FR-1: People MUST log in", "FR-2: People MUST log out"]),
        ("Signing in", ["Signing in"]),
    ],
)
def test_requirements_that_only_their_kind_holds_together_are_a_task_each(
    heading: str, titles: list[str]
) -> None:
    items = "- FR-1: People MUST log in\n- FR-2: People MUST log out\n"
    assert [task.title for task in drafted(f"# T\n\n## {heading}\n\n{items}").tasks] == titles


def test_a_section_of_unlabelled_stories_is_called_by_its_first() -> None:
    wishes = ("log in, so that I am known", "leave, so that I am not")
    stories = "".join(f"- As a user, I want to {wish}.\n" for wish in wishes)
    (task,) = drafted(f"# T\n\n## User stories\n\n{stories}").tasks
    assert task.title.startswith("User stories: As a user, I want to log in")


def test_a_criterion_goes_to_the_requirement_that_it_speaks_of_and_is_never_lost() -> None:
    text = (
        "# T\n\n## Requirements\n\n- FR-1: Orders MUST take one voucher\n"
        "- FR-2: Expired coupons MUST be refused\n\n"
        "## Acceptance criteria\n\n- Expired coupons show their date\n- The moon is full\n\n"
        "## Rollout\n\n1. Enable the flag\n"
    )
    draft = drafted(text)
    owners = {statement.source_evidence.quote: statement.tasks for statement in draft.statements}
    titles = {task.id: task.title for task in draft.tasks}
    (answering,) = owners["Expired coupons show their date"]
    assert titles[answering] == "FR-2: Expired coupons MUST be refused"
    (left,) = owners["The moon is full"]
    assert titles[left] == "Requirements: The moon is full"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("FR-1: The system MUST accept one code per order.", "Accept one code per order (FR-1)"),
        ("**FR-001**: System MUST refuse an expired code", "Refuse an expired code (FR-001)"),
        ("FR-2: The application SHALL not log passwords", "FR-2: The application SHALL not log passwords"),
        ("FR-3: An expired code MUST be refused", "FR-3: An expired code MUST be refused"),
    ],
)
def test_a_requirement_of_the_product_is_called_by_what_is_to_be_done(said: str, title: str) -> None:
    text = f"# T\n\n## Requirements\n\n- {said}\n- FR-9: Everything MUST be fine\n"
    first = drafted(text).tasks[0]
    assert first.title == title
    assert first.source_evidence[0].quote.strip(".") in said
