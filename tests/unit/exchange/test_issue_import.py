"""Issues as JSON become tasks: title, body, fences, order, and what is no work."""

from __future__ import annotations

import json

import pytest

from schemas.errors import InvalidArguments
from tests.unit.drafting.drafted import edges
from tests.unit.exchange.imports import assert_quoted, imported

BODY = (
    'Say "h\u00e9llo" \U0001f600.\r\n\r\n- [ ] it MUST be polite\r\n\r\n'
    "```sh run\r\necho hello > a.txt\r\n```\r\n\r\n```sh check\r\ntest -s a.txt\r\n```\r\n"
)
ISSUES: list[dict[str, object]] = [
    {"number": 12, "title": 'Add "x"', "body": BODY, "labels": [{"name": "priority: high"}], "state": "OPEN"},
    {"number": 13, "title": "Write y", "body": "Blocked by #12, and #3.\nAfter step 12.", "state": "open"},
    {"number": 14, "title": "Write z", "body": None, "labels": ["bug"]},
    {"number": 3, "title": "Old", "body": "", "state": "CLOSED"},
    {"number": 4, "title": "A branch", "body": "", "state": "open", "pull_request": {"url": "x"}},
]


def listed(*issues: object, **how: object) -> str:
    return json.dumps(issues, **how)  # type: ignore[arg-type] # whatever json.dumps takes


def test_an_issue_is_a_task_with_what_its_body_says() -> None:
    first, second, third = imported(listed(*ISSUES)).tasks
    assert (first.id, first.title, first.scheduling_hints.priority) == ("issue-12", 'Add "x"', "high")
    assert first.description == 'Say "h\u00e9llo" \U0001f600.\n\n- [ ] it MUST be polite'
    assert first.boundaries is not None
    assert first.boundaries.definition_of_done.criteria == ("it MUST be polite",)
    assert first.execution is not None
    assert first.execution.script == "echo hello > a.txt\n"
    assert [check.as_json()["cmd"] for check in first.acceptance_checks] == ["test -s a.txt"]
    assert (second.id, third.id, third.description) == ("issue-13", "issue-14", "Write z")
    assert [check.as_json()["cmd"] for check in third.acceptance_checks] == ["make test"]


def test_what_blocks_an_issue_comes_before_it_and_a_step_is_no_issue() -> None:
    assert edges(imported(listed(*ISSUES))) == [("issue-12", "issue-13", "technical", 0.9, True)]


def test_what_is_closed_or_a_pull_request_is_counted_and_left_out() -> None:
    messages = [item.message for item in imported(listed(*ISSUES)).findings if item.rule == "left-out"]
    assert [message.split(";")[0] for message in messages] == [
        "closed issues that were left out: 1",
        "pull requests that were left out: 1",
    ]


@pytest.mark.parametrize("how", [{}, {"indent": 2}, {"ensure_ascii": False}, {"indent": 1}])
def test_every_quote_is_the_text_of_the_file_at_its_place(how: dict[str, object]) -> None:
    draft = imported(listed(*ISSUES, **how))
    assert_quoted(draft)
    assert draft.tasks[0].source_evidence[0].quote == 'Add \\"x\\"'
    assert draft.dependencies[0].evidence[0].quote == "Blocked by #12"


def test_of_a_key_that_is_there_twice_the_last_one_counts() -> None:
    draft = imported('[{"title": "Old", "body": "Depends on #3", "title": "Write a", "body": null}]')
    assert (draft.tasks[0].title, draft.tasks[0].description) == ("Write a", "Write a")
    assert_quoted(draft)


def test_a_secret_in_a_title_is_not_quoted() -> None:
    secret = "ghp_" + "a1B2" * 10
    draft = imported(listed({"title": f"Rotate \u00e9 {secret} now", "body": f"The old one was {secret}."}))
    assert secret not in repr(draft.tasks)
    assert draft.tasks[0].source_evidence[0].redacted


def test_a_place_in_an_issue_is_named_by_its_number_and_line() -> None:
    body = "Text\n\n```sh run\n```\n"
    with pytest.raises(InvalidArguments) as caught:
        imported(listed({"title": "A"}, {"number": 7, "title": "B", "body": body}), "issues.json")
    assert caught.value.message == "issues.json#7:4: the fence `sh run` is empty"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"title": "a"},\n {"title": }]', "plan.txt:2: not valid JSON"),
        ('[\n{"title": "a"},\n{"number": 3}]', "plan.txt:3 /1: the issue has no `title`"),
        ('[\n{"title": " "}]', "plan.txt:2 /0/title: "),
        ('[{"title": "a",\n"body": 3}]', "plan.txt:2 /0/body: "),
        ('[{"title": "a", "number": 1},\n{"title": "b", "number": 1}]', "plan.txt:2 /1/number: the issue 1"),
        ('[{"title": "a", "number": true}]', "/0/number"),
        ('[{"title": "a", "state": "lost"}]', "/0/state: `state` must be one of open, closed"),
        ('[{"title": "a", "labels": [3]}]', "/0/labels"),
        ('[{"title": "a"}, 3]', "/1: an issue must be an object"),
        ('[{"title": "a\\ud800"}]', "/0/title: `title` holds half a Unicode character"),
        ('[{"title": "a", "state": "closed"}]', "there is no open issue among 1"),
        ('[{"title": "a", "body": "```yaml plan\\ntitle: x\\n```"}]', "plan.txt#/0:2: `yaml plan` stands in"),
        ("[]", "there is no open issue among 0"),
        ('{"a": 1}', "this is no list of issues"),
        ("[" * 100_000, "plan.txt: not usable as JSON"),
    ],
)
def test_bad_issues_are_refused_with_line_and_pointer(text: str, said: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        imported(text, form="github-issues")
    assert said in caught.value.message
    assert caught.value.hint


def test_two_issues_may_not_claim_one_id() -> None:
    labels = ["PLAN-01234567"]
    with pytest.raises(InvalidArguments, match="already used at"):
        imported(listed({"title": "A: x", "labels": labels}, {"title": "a: y", "labels": labels}))


def test_what_somebody_added_to_an_exported_issue_is_kept() -> None:
    body = "Do it.\n\n### Done when\n- [ ] it works\n\nDepends on B.\n\n> a quote\n\nPlease hurry."
    issues = [
        {"title": "A: Write a", "body": body, "labels": ["PLAN-01234567"]},
        {"title": "B: Write b", "body": "", "labels": ["PLAN-01234567"]},
    ]
    draft = imported(listed(*issues))
    assert draft.tasks[0].description == "Do it.\n\nPlease hurry."
    assert edges(draft) == [("B", "A", "technical", 0.9, True)]
