"""A table of tasks, as it comes out of a spreadsheet."""

from __future__ import annotations

import pytest

from schemas.errors import InvalidArguments
from tests.unit.drafting.drafted import edges
from tests.unit.exchange.imports import assert_quoted, imported

HEAD = (
    "id,title,feature,wave,after,priority,executor,"
    "optimistic_hours,likely_hours,pessimistic_hours,scope,checks"
)
WHOLE = f"""{HEAD}
A,"Write ""a"", then stop",Parser,1,,high,,1,2.5,4,src/a.py docs/new.md,3
B,'=SUM is a title,F2,2,A,low,manual,,3,,**,1

C,"On two
lines",Parser,2,A B,medium,command,,,,,1
"""


def test_a_row_is_a_task() -> None:
    draft = imported(WHOLE)
    first, second, third = draft.tasks
    assert [task.title for task in draft.tasks] == ['Write "a", then stop', "=SUM is a title", "On two lines"]
    assert first.file_scope is not None
    assert (first.file_scope.modify, first.file_scope.create) == (("src/a.py",), ("docs/new.md",))
    assert first.duration is not None
    assert (first.duration.optimistic, first.duration.mostLikely) == (1, 2.5)
    assert second.duration is not None
    assert second.duration.optimistic == second.duration.pessimistic == 3
    assert second.file_scope is None
    assert second.execution is not None
    assert second.execution.executor == "manual"
    assert draft.estimate_origins == {"A": "document", "B": "document", "C": "sizing_rule"}
    assert edges(draft) == [
        ("A", "B", "technical", 1.0, True),
        ("A", "C", "technical", 1.0, True),
        ("B", "C", "technical", 1.0, True),
    ]
    assert third.execution is None
    assert [item.line for item in draft.findings if item.rule == "not-in-a-table"] == [6]


def test_every_quote_is_the_text_of_the_table_at_its_place() -> None:
    draft = imported(WHOLE)
    assert_quoted(draft)
    assert [task.source_evidence[0].quote for task in draft.tasks[:2]] == [
        'Write ""a"", then stop',
        "=SUM is a title",
    ]
    assert [(item.id, item.title, item.source_evidence[0].quote) for item in draft.features] == [
        ("Parser", "Parser", "Parser"),
        ("F2", "F2", "F2"),
    ]


def test_a_title_is_enough() -> None:
    draft = imported("title\nWrite a\nWrite b", "work.csv")
    assert [task.id for task in draft.tasks] == ["P1.T001", "P1.T002"]
    assert (draft.title, draft.features[0].title) == ("work", "work")
    assert_quoted(draft)


def test_a_mark_at_the_beginning_and_semicolons_with_decimal_commas_are_read() -> None:
    draft = imported('\ufefftitle;likely_hours\r\n"Write a; b";1,5\r\n;\r\n')
    assert [task.title for task in draft.tasks] == ["Write a; b"]
    assert draft.tasks[0].duration is not None
    assert draft.tasks[0].duration.mostLikely == 1.5
    assert "byte-order-mark" in [item.rule for item in draft.findings]


def test_a_feature_that_is_no_id_gets_one() -> None:
    draft = imported("title,feature\nWrite a,User log-in\nWrite b,F001\nWrite c,User log-in\n")
    assert [(item.id, item.title) for item in draft.features] == [("F002", "User log-in"), ("F001", "F001")]
    assert [task.feature_id for task in draft.tasks] == ["F002", "F001", "F002"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title,prioritty\na,b", "plan.txt:1: the column 'prioritty' is not known"),
        ("title,id,title\na,b,c", "the column `title` is there twice"),
        ("id,after\na,b", "plan.txt:1: the table has no column `title`"),
        ("title,id\n", "the table has no row"),
        ("title,id\n\n,X\n", "plan.txt:3: this task has no title"),
        ("title,id\na,b,c", "plan.txt:2: this row has 3 cells, and there are 2 columns"),
        ('title,id\n"a,b\n', "plan.txt:2: the quoted cell that begins here never ends"),
        ('title,id\n"a" b,c\n', "plan.txt:2: 'b' stands behind the end of a quoted cell"),
        ("title,priority\na,soon\n", "plan.txt:2: "),
        ("title,executor\na,robot\n", "plan.txt:2: "),
        ("title,id\na,../x\n", "plan.txt:2: "),
        ("title,scope\na,../x\n", "plan.txt:2: "),
        ("title,likely_hours\na,two\n", "plan.txt:2: 'two' is no number of hours"),
        ("title,optimistic_hours\na,2\n", "plan.txt:2: the estimate is not whole"),
        ("title,optimistic_hours,likely_hours\na,1,2\n", "plan.txt:2: the estimate is not whole"),
        ("title,optimistic_hours,likely_hours,pessimistic_hours\na,3,2,1\n", "plan.txt:2: "),
        ("title,likely_hours\na,9999999\n", "plan.txt:2: "),
        ("title,after\na,B\n", "plan.txt:2: `after` names 'B', and no task is called so"),
        ("title,id\na,X\nb,x\n", "plan.txt:3: the id 'x' is already used at plan.txt:2"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_by_its_line(text: str, said: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        imported(text, form="csv")
    assert said in caught.value.message
    assert caught.value.hint
