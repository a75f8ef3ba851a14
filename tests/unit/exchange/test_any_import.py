"""Whatever a file holds: it is imported with every quote in its place, or refused with an error of ours."""

from __future__ import annotations

import contextlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.exchange.plan_import import READERS
from schemas.errors import TasksError
from tests.unit.drafting.test_any_document import DOCUMENT, TEXT
from tests.unit.exchange.imports import assert_quoted, imported, plan_of

LINE = TEXT | st.sampled_from(["Write a", "#", "```", "=x", '"', "A: Write b", "[x](y) **z**"])
LABELS = st.lists(st.sampled_from(["PLAN-01234567", "priority: high", {"name": "P1"}, {"name": "bug"}]))
ADDED = st.sampled_from(
    [
        "",
        "\n### Done when\n- [ ] x\n\nDepends on A.\n\n> y",
        "\r\n```sh run\r\ntrue\r\n```",
        "Blocked by #2 and #1.",
    ]
)
BODY = st.none() | st.builds("{}{}".format, DOCUMENT, ADDED)
ISSUE = st.fixed_dictionaries(
    {"title": LINE, "body": BODY},
    optional={"number": st.integers(1, 4), "labels": LABELS, "state": st.sampled_from(["OPEN", "closed"])},
)
CELL = (
    st.sampled_from(["", "A", "B", "A B", "1", "2.5", "high", "manual", "src/a.py", '"a,b"', '"', "\n", "**"])
    | TEXT
)
COLUMN = st.sampled_from(["id", "title", "title", "after", "priority", "likely_hours", "scope", "feature"])


def check(text: str, form: str) -> None:
    with contextlib.suppress(TasksError):
        draft = imported(text, form=form)
        assert_quoted(draft)
        plan_of(draft)


@settings(max_examples=60, deadline=None)
@given(st.lists(ISSUE, min_size=1, max_size=4), st.sampled_from([{}, {"indent": 1}, {"ensure_ascii": False}]))
def test_any_issues_are_imported_with_their_quotes_in_place_or_refused(
    issues: list[dict[str, object]], how: dict[str, int]
) -> None:
    check(json.dumps(issues, **how), "github-issues")  # type: ignore[arg-type] # whatever json.dumps takes


@settings(max_examples=60, deadline=None)
@given(
    st.lists(COLUMN, min_size=1, max_size=5),
    st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=4),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_table_is_imported_with_its_quotes_in_place_or_refused(
    columns: list[str], rows: list[list[str]], separator: str
) -> None:
    check("\n".join(separator.join(cells) for cells in (columns, *rows)), "csv")


@settings(max_examples=30, deadline=None)
@given(DOCUMENT, st.sampled_from([*READERS, "tasks-md"]))
def test_any_document_in_the_wrong_form_is_refused(text: str, form: str) -> None:
    check(text, form)
