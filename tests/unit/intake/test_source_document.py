"""Reading documents as they are."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from planner.intake.source_document import (
    MAX_BYTES,
    MAX_LINES,
    read_source,
    read_source_bytes,
    reading_findings,
)
from schemas.errors import InvalidArguments


def test_every_newline_and_character_of_a_file_is_kept(tmp_path: Path) -> None:
    data = "# Ä\r\n\r\nOne\rtwo\n𝄞 three\n".encode()
    (tmp_path / "spec.md").write_bytes(data)
    source = read_source(tmp_path / "spec.md")
    assert source.text == "# Ä\r\n\r\nOne\rtwo\n𝄞 three\n"
    assert source.name == "spec.md"
    assert source.sha256 == sha256(data).hexdigest()
    assert reading_findings(source) == ()


def test_a_byte_order_mark_is_left_out_and_reported() -> None:
    data = b"\xef\xbb\xbf# Title\n"
    source = read_source_bytes(data, "spec.md")
    assert source.text == "# Title\n"
    assert source.sha256 == sha256(data).hexdigest()
    assert [finding.rule for finding in reading_findings(source)] == ["byte-order-mark"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"good \xff bad", "byte 5 (0xff)"),
        (b"\xef\xbb\xbfok \xe4", "byte 6 (0xe4)"),
        (b"text\0text", "a NUL byte at byte 4"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04...", "Word document"),
        ("text".encode("utf-16"), "UTF-16"),
        (b" \n\t\n", "is empty"),
        (b"x\n" * (MAX_LINES + 1), "more than 100,000 lines"),
        (b"x" * (MAX_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_text_is_refused_by_name_and_place(data: bytes, message: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        read_source_bytes(data, "spec.md")
    assert message in caught.value.message
    assert caught.value.message.startswith("spec.md")
    assert caught.value.hint


def test_a_file_of_exactly_the_limit_is_read() -> None:
    assert len(read_source_bytes(b"x" * MAX_BYTES, "spec.md").text) == MAX_BYTES


@pytest.mark.parametrize("name", ["missing.md", ".", "a\0b"])
def test_a_path_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidArguments, match="cannot be read"):
        read_source(tmp_path / name)
