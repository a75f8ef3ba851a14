"""Statements of documents: what asks for something, who answers it, and why nobody does."""

from __future__ import annotations

import pytest

from planner.draft import Draft
from planner.drafting.statement_owners import MOST_FINDINGS, NO_TASK
from planner.drafting.statements import (
    ABOUT_ORDER,
    ABOUT_WORDS,
    BACKGROUND,
    DONE_HERE,
    FOR_USERS,
    IN_CODE,
    LOWER_CASE,
    NOT_TEXT,
    NOT_WANTED_HERE,
    OUTCOME,
    STRUCK_OUT,
    TICKED,
)
from schemas.errors import InvalidArguments
from tests.unit.drafting.drafted import drafted, rules

SECTION = "## A\nIt MUST work.\n\n"


def said(draft: Draft) -> dict[str, tuple[tuple[str, ...], str | None]]:
    """Return for each statement, by its quote, its tasks and why it has none."""
    return {item.source_evidence.quote: (item.tasks, item.uncovered) for item in draft.statements}


def criteria(draft: Draft) -> tuple[str, ...]:
    """Return the criteria of the last task."""
    boundaries = draft.tasks[-1].boundaries
    assert boundaries is not None
    return boundaries.definition_of_done.criteria


def test_a_checklist_does_not_drop_the_sentences_around_it() -> None:
    draft = drafted(
        "# T\n\nMails MUST be short.\n\n## Work\n- [ ] Write it\n- [ ] Send it\n\nIt SHALL be fast.\n"
    )
    assert [task.title for task in draft.tasks] == ["Write it", "Send it"]
    assert said(draft)["Mails MUST be short."] == ((), NO_TASK)
    assert said(draft)["It SHALL be fast."] == ((), NO_TASK)
    assert [(item.rule, item.line) for item in draft.findings if item.rule == "uncovered"] == [
        ("uncovered", 3),
        ("uncovered", 9),
    ]


@pytest.mark.parametrize("heading", ["Success metrics", "9. KPIs", "Business metrics:"])
def test_what_is_measured_after_the_release_is_no_task(heading: str) -> None:
    draft = drafted(f"# T\n{SECTION}## {heading}\n- SC-1: Fewer carts are given up.\n- [ ] Count them\n")
    assert [task.title for task in draft.tasks] == ["A", "Count them"]
    assert said(draft)["SC-1: Fewer carts are given up."] == ((), OUTCOME)


@pytest.mark.parametrize("dropped", ["~~Drop it~~", "**~~Drop it~~**", "~~Drop it~~."])
def test_a_box_that_is_struck_out_is_no_task_and_is_listed_with_the_reason(dropped: str) -> None:
    draft = drafted(f"# T\n- [ ] Write it\n- [ ] {dropped}\n- [ ] Send ~~all of~~ it\n")
    assert [task.title for task in draft.tasks] == ["Write it", "Send ~~all of~~ it"]
    assert said(draft)[dropped] == ((), STRUCK_OUT)
    assert not [item for item in draft.findings if item.rule == "not-planned"]


def test_a_requirement_in_another_section_than_the_checklist_is_a_task() -> None:
    draft = drafted("# T\n## Privacy\nNames MUST be hidden.\n## Work\n- [ ] Write it\n")
    assert [task.title for task in draft.tasks] == ["Privacy", "Write it"]


def test_a_requirement_that_one_listed_task_clearly_speaks_of_belongs_to_it() -> None:
    rule = "# T\n## Rules\nThe exported addresses MUST be sorted.\n"
    draft = drafted(rule + "## Work\n- [ ] Export the addresses\n- [ ] Rest\n")
    assert [task.title for task in draft.tasks] == ["Export the addresses", "Rest"]
    (link,) = (item for item in draft.statements if item.linked_by == "words")
    assert link.tasks == ("P1.T001",)


def test_a_requirement_that_two_tasks_speak_of_alike_is_given_to_neither() -> None:
    rule = "# T\n## Work\nExported addresses MUST be sorted.\n"
    draft = drafted(rule + "- [ ] Export addresses A\n- [ ] Export addresses B\n")
    assert said(draft)["Exported addresses MUST be sorted."] == ((), NO_TASK)


def test_a_task_that_names_the_label_of_a_requirement_answers_it() -> None:
    text = "# T\n## R\n- **FR-001**: It MUST a.\n- **FR-002**: It MUST b.\n## Tasks\n- [ ] Do it (FR-002)\n"
    draft = drafted(text)
    named = {item.label: (item.tasks, item.linked_by) for item in draft.statements if item.label}
    assert named["FR-002"] == (("P1.T002",), "place")
    assert "FR-002: It MUST b." in criteria(draft)


@pytest.mark.parametrize(
    ("text", "quote", "reason"),
    [
        (SECTION + "## Non-goals\nIt MUST fly.\n", "It MUST fly.", NOT_WANTED_HERE),
        (SECTION + "- [x] Fly\n- [ ] Sink\n", "Fly", TICKED),
        (SECTION + "## Fixed\n- BUG-3: It MUST stop\n", "BUG-3: It MUST stop", DONE_HERE),
        (SECTION + "## Words\nMUST is as in RFC 2119.\n", "MUST is as in RFC 2119.", ABOUT_WORDS),
        (SECTION + "```\nx MUST y\n```\n", "x MUST y", IN_CODE),
        (SECTION + "<!-- It MUST hide -->\n", "<!-- It MUST hide -->", NOT_TEXT),
        (SECTION + "<p>It MUST show</p>\n", "<p>It MUST show</p>", NOT_TEXT),
        (SECTION + "## B\nIt must shine.\n", "It must shine.", LOWER_CASE),
        ("## A\nIt must work.\n## Usage\nYou must sit.\n", "You must sit.", FOR_USERS),
        (
            "## A\nIt must work.\n## Background\nIt had to; we must cry.\n",
            "It had to; we must cry.",
            BACKGROUND,
        ),
        (SECTION + "## Dependencies\nA MUST come before B.\n", "A MUST come before B.", ABOUT_ORDER),
    ],
)
def test_what_is_left_to_nobody_is_listed_with_the_reason(text: str, quote: str, reason: str) -> None:
    assert said(drafted(text))[quote] == ((), reason)


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("As a cook, I want salt so that it tastes.", "story", None),
        ("- **FR-007**: Export a file", "requirement", "FR-007"),
        ("- SC-002: Ten people use it", "criterion", "SC-002"),
        ("| ID | What |\n|---|---|\n| NFR-1 | fast |", "requirement", "NFR-1"),
        ("| Requirement |\n|---|\n| It is blue |", "requirement", None),
        ("Given a, when b, then c.", "behaviour", None),
        ("- WHEN a\n- THEN b", "behaviour", None),
        ("UTF-8 is what we SHALL write.", "requirement", None),
    ],
)
def test_each_form_of_a_statement_is_told_and_answered(text: str, kind: str, label: str | None) -> None:
    (statement,) = drafted(f"# T\n## A\n{text}\n").statements
    assert (statement.kind, statement.label, statement.tasks) == (kind, label, ("P1.T001",))


def test_a_list_behind_a_sentence_that_requires_it_is_required_too() -> None:
    draft = drafted("# T\n## A\nEvery task must define:\n- **Scope**: what it touches\n- the end\n")
    assert criteria(draft) == ("Every task must define:", "Scope: what it touches", "the end")


def test_one_shouted_word_does_not_silence_a_document_in_plain_words() -> None:
    listed = "".join(f"- Add part {number}\n" for number in range(8))
    assert len(drafted(f"# T\n## A\n{listed}\n## B\nYou MUST ask.\n").tasks) == 2


def test_a_secret_is_taken_out_of_a_statement_and_of_a_finding() -> None:
    secret = "hunter" + "2xyz9"
    draft = drafted(
        f"# T\n- [ ] Work\n\nThe password is {secret} and it MUST be kept.\n\n(TBD: password is {secret})\n"
    )
    texts = [item.source_evidence.quote for item in draft.statements]
    texts += [item.message for item in draft.findings]
    assert secret not in "".join(texts)
    assert any("[REDACTED]" in text for text in texts)


def test_many_uncovered_statements_are_summed_up() -> None:
    rules = "".join(f"Thing number {number} MUST be right.\n\n" for number in range(MOST_FINDINGS + 5))
    draft = drafted(f"# T\n{rules}\n## Work\n- [ ] a\n")
    found = [item.message for item in draft.findings if item.rule == "uncovered"]
    assert len(found) == MOST_FINDINGS + 1
    assert "and 5 more" in found[-1]


@pytest.mark.parametrize(
    "text", ["Is it red? [NEEDS CLARIFICATION: which red]", "Owner: TBD", "## Open questions\n- Which red?"]
)
def test_an_open_question_is_reported_and_not_answered(text: str) -> None:
    draft = drafted(f"# T\n## A\nIt MUST work.\n\n{text}\n")
    assert "open-question" in [item.rule for item in draft.findings]
    assert len(draft.tasks) == 1


def test_a_document_that_asks_for_more_than_any_plan_can_hold_is_refused() -> None:
    with pytest.raises(InvalidArguments, match="too many") as caught:
        drafted("# T\n" + "- [ ] do it\n" * 10_001)
    assert "spec.md" in caught.value.message
    assert "parts" in caught.value.hint


def test_a_sentence_that_leads_to_a_command_of_the_plan_is_listed_and_not_missed() -> None:
    verify, task = "```sh verify\ntrue\n```", "## Do it\n\n```sh run\ntrue\n```\n"
    text = f"# T\n\nWhat works must go on working:\n\n{verify}\n\n{task}"
    draft = drafted(text)
    (statement,) = draft.statements
    assert statement.uncovered == "it leads to the commands below it, and those are in the plan"
    assert "uncovered" not in rules(draft)
    (missed,) = drafted(text.replace(verify, "It was always so.")).statements
    assert missed.uncovered == "no task holds it or names it"
