"""Lines of values in JSON text, compared with a value that a parser finds at the same place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.storage.json_positions import lines_of, pointer_to

TEXT = """{
  "tasks": [
    {"id": "a", "deep": {"~x/y": [1,
       {"z": null}]}},
    {
      "id": "b: {[,",
      "empty": {}, "none": []
    }
  ]
}
"""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("tasks",), 2),
        (("tasks", 0), 3),
        (("tasks", 0, "deep", "~x/y", 0), 3),
        (("tasks", 0, "deep", "~x/y", 1, "z"), 4),
        (("tasks", 1), 5),
        (("tasks", 1, "id"), 6),
        (("tasks", 1, "none"), 7),
    ],
)
def test_a_value_stands_on_the_line_of_its_key_or_its_first_character(
    path: tuple[str | int, ...], line: int
) -> None:
    pointer = pointer_to(path)
    assert lines_of(TEXT, [pointer]) == {pointer: line}


def test_a_pointer_that_does_not_exist_has_no_line() -> None:
    assert lines_of(TEXT, ["/tasks/2", "/nothing"]) == {}


def every_path(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401 - any JSON value
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(deeper for key, member in members for deeper in every_path(member, (*path, key)))]


@given(json_values)
def test_every_value_of_any_document_has_a_line_and_lines_follow_the_document(value: object) -> None:
    text = json.dumps(value, indent=1)
    pointers = [pointer_to(path) for path in every_path(value)]
    lines = lines_of(text, pointers)
    assert set(lines) == set(pointers)
    assert [lines[pointer] for pointer in pointers] == sorted(lines.values())
