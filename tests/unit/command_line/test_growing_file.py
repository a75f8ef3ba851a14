"""Reading on in a file that somebody else writes, replaces or shortens meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from activities.atomic_files import write_atomically
from planner.machine.process_supervisor import CappedFile
from tasks_cli.growing_file import LEFT_OUT, GrowingFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "001-develop-command.log"
    file.touch()
    return file


def add(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_what_is_added_is_news_once(path: Path) -> None:
    growing = GrowingFile(path)
    assert growing.news() == ""
    add(path, b"one\nt")
    assert growing.news() == "one\nt"
    add(path, b"wo\n")
    assert growing.news() == "wo\n"
    assert growing.news() == ""


def test_a_character_that_was_half_written_comes_whole(path: Path) -> None:
    growing = GrowingFile(path)
    add(path, "é".encode()[:1])
    assert growing.news() == ""
    add(path, "é".encode()[1:])
    assert growing.news() == "é"


def test_the_last_lines_are_shown_of_what_was_there_before(path: Path) -> None:
    add(path, b"1\n2\n3\n")
    growing = GrowingFile(path)
    assert growing.skip_to_last_lines(2) == 1
    assert growing.news() == "2\n3\n"


def test_a_log_whose_secrets_were_taken_out_is_read_on_at_the_same_line(path: Path) -> None:
    add(path, b"token SECRETSECRET\nnext")
    growing = GrowingFile(path)
    growing.news()
    write_atomically(path, b"token [redacted]\nnext line\nlast\n")
    assert growing.news() == "\nlast\n"
    assert growing.news() == ""


def test_a_record_that_replaces_its_empty_place_is_read_whole(path: Path) -> None:
    growing = GrowingFile(path)
    growing.news()
    write_atomically(path, b"[]\n")
    assert growing.news() == "[]\n"


def test_a_very_long_log_that_is_shortened_is_read_on_where_it_was(path: Path) -> None:
    capped = CappedFile(str(path), 4096)
    growing = GrowingFile(path)
    seen = ""
    for number in range(1000):
        capped.write(b"line %d\n" % number)
        if number % 50 == 49:
            seen += growing.news()
    capped.close()
    assert seen.splitlines() == [f"line {number}" for number in range(1000)]
    assert b"left out here" in path.read_bytes()


def test_it_says_so_when_what_was_shown_last_is_no_longer_there(path: Path) -> None:
    add(path, b"old\n" * 10)
    growing = GrowingFile(path)
    growing.news()
    os.truncate(path, 0)
    add(path, b"other\n")
    assert growing.news() == LEFT_OUT
    add(path, b"more\n")
    assert growing.news() == "more\n"


def test_a_file_that_is_gone_has_no_news(path: Path) -> None:
    growing = GrowingFile(path)
    path.unlink()
    assert growing.news() == ""
