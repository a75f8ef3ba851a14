"""The seven files in one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.exchange.file_fences import has_file_fences, parse_file_fences, write_file_fences
from schemas.errors import InvalidArguments
from schemas.plan import FENCE_ORDER

CONTENT = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not has_file_fences(text))


def test_each_file_is_found_and_what_stands_before_is_left_out() -> None:
    text = 'Here you are:\n---file:features.json\n{"features": []}\n---file:Plan.md\n# Plan\n\ntext\n'
    assert parse_file_fences(text) == {"features.json": '{"features": []}\n', "Plan.md": "# Plan\n\ntext\n"}


def test_json_in_a_code_fence_is_taken_out_of_it() -> None:
    text = "---file:dag.json\n```json\n{}\n```\n---file:Plan.md\n```text\nstays\n```\n"
    assert parse_file_fences(text) == {"dag.json": "{}\n", "Plan.md": "```text\nstays\n```\n"}


@given(st.dictionaries(st.sampled_from(FENCE_ORDER), CONTENT.map(lambda text: text + "\n"), min_size=1))
def test_what_is_written_is_read_back(files: dict[str, str]) -> None:
    fenced = {name: text for name, text in files.items() if "```" not in text and "~~~" not in text}
    if fenced:
        assert parse_file_fences(write_file_fences(fenced)) == fenced


def test_files_are_written_in_the_order_of_the_seed() -> None:
    written = write_file_fences({"Decisions.md": "d", "features.json": "{}"})
    assert written == "---file:features.json\n{}\n---file:Decisions.md\nd\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no fence here", "no line that begins with ---file:"),
        ("a\n---file:secret.txt\nx", "line 2: 'secret.txt' is not a file of a plan"),
        ("---file:Plan.md\nx\n---file:Plan.md\ny", "line 3: Plan.md is there twice"),
    ],
)
def test_an_unknown_or_repeated_file_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        parse_file_fences(text)
    assert message in caught.value.message
    assert "features.json" in caught.value.hint or caught.value.hint == "keep one of the two"


@pytest.mark.parametrize("files", [{"x.md": "a"}, {"Plan.md": "a\n---file:dag.json\nb"}])
def test_what_could_not_be_read_back_is_not_written(files: dict[str, str]) -> None:
    with pytest.raises(InvalidArguments):
        write_file_fences(files)
