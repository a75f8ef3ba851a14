"""The blocks of a document and their places."""

from __future__ import annotations

import pytest

from tests.unit.intake.outlines import blocks_of, outline_of

NESTED = """# Title #

1. First
   ```sh run
   echo a
     indented
   ```
2. [ ] Second
   goes on

   - [x] inner

> quoted
> ~~~sh check
> true
> ~~~

Set
===

| a | b |
|---|---|
| The tool MUST | c |
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_places_are_exact_with_every_kind_of_newline(newline: str) -> None:
    text = NESTED.replace("\n", newline)
    found = [
        (block.kind, block.first_line, block.last_line, text[block.start : block.end].replace(newline, "\n"))
        for block in outline_of(text).blocks
    ]
    assert found[:5] == [
        ("heading", 1, 1, "# Title #"),
        ("item", 3, 7, "1. First\n   ```sh run\n   echo a\n     indented\n   ```"),
        ("fence", 4, 7, "```sh run\n   echo a\n     indented\n   ```"),
        ("item", 8, 11, "2. [ ] Second\n   goes on\n\n   - [x] inner"),
        ("item", 11, 11, "- [x] inner"),
    ]


def test_a_fence_in_a_list_loses_the_indentation_of_the_list_only() -> None:
    fence = blocks_of(NESTED, "fence")[0]
    assert (fence.info, fence.text, fence.item) == ("sh run", "echo a\n  indented\n", 1)


def test_items_know_their_number_their_box_and_the_item_around_them() -> None:
    items = blocks_of(NESTED, "item")
    assert [(item.title, item.number, item.checked, item.item) for item in items] == [
        ("First", 1, None, None),
        ("Second goes on", 2, False, None),
        ("inner", None, True, 3),
    ]


def test_a_part_of_a_text_is_placed_in_the_source() -> None:
    outline = outline_of(NESTED)
    second = outline.blocks[3]
    start, end = second.place(second.text.index("ond"), second.text.index("on", 10) + 2)
    assert NESTED[start:end] == "ond\n   goes on"


def test_a_list_that_begins_at_five_goes_on_with_six() -> None:
    assert [item.number for item in blocks_of("5. a\n5. b\n", "item")] == [5, 6]


def test_what_stands_in_a_block_quote_is_marked_as_quoted() -> None:
    assert [fence.quoted for fence in blocks_of(NESTED, "fence")] == [False, True]


def test_sections_nest_by_the_level_of_their_headings() -> None:
    outline = outline_of("# A\n\n## B\n\n### C\n\n## D\n\ntext\n\n# E\n")
    headings = [block for block in outline.blocks if block.kind == "heading"]
    assert [block.heading for block in headings] == [None, 0, 1, 0, None]
    text = next(number for number, block in enumerate(outline.blocks) if block.kind == "paragraph")
    assert outline.section_of(text) == "H2: D"


def test_a_heading_in_a_list_opens_no_section() -> None:
    assert blocks_of("- # not a section\n\ntext\n", "heading") == []


def test_front_matter_is_one_block_and_no_heading() -> None:
    outline = outline_of("---\ntitle: x\n---\n# A\n")
    assert [(block.kind, block.text) for block in outline.blocks] == [
        ("front_matter", "title: x"),
        ("heading", "A"),
    ]


def test_a_comment_holds_nothing() -> None:
    assert outline_of("<!--\n# hidden\n- [ ] hidden\n-->\n").blocks == ()


def test_cells_of_a_table_are_read_and_its_head_is_not() -> None:
    assert [cell.text for cell in blocks_of(NESTED, "cell")] == ["The tool MUST", "c"]


@pytest.mark.parametrize(
    ("text", "closed"),
    [("```sh run\nx\n```\n", True), ("```sh run\nx\n", False), ("````sh run\n```\n", False)],
)
def test_a_fence_without_its_end_is_noticed(text: str, closed: bool) -> None:  # noqa: FBT001 - a case of the table
    assert [fence.closed for fence in blocks_of(text, "fence")] == [closed]
