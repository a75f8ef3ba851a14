"""What was read from a file is kept by its content, and nothing wrong is ever believed."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from planner.codebase import facts_cache
from planner.codebase.facts_cache import FILE, FactsCache, content_id
from planner.codebase.file_facts import read_facts
from planner.codebase.source_reading import SurveyOptions
from planner.codebase.survey import Survey, survey
from tests.unit.codebase.codebases import write_files
from tests.unit.codebase.test_file_facts import GO, PYTHON, RUBY, RUST, TYPESCRIPT

FILES = {"a.py": PYTHON, "b.ts": TYPESCRIPT, "c.go": GO, "d.rs": RUST, "e.rb": RUBY, "F.java": "class F {}\n"}


def found_in(result: Survey) -> dict[str, Any]:
    """Return all that a survey found."""
    return {item.name: getattr(result, item.name) for item in fields(result) if item.name != "reused"}


def test_a_second_survey_reads_nothing_again_and_finds_the_same(tmp_path: Path) -> None:
    root = write_files(tmp_path / "code", FILES)
    options = SurveyOptions(FactsCache(tmp_path / "kept"))
    first, second = survey(root, options), survey(root, options)
    assert (first.reused, second.reused) == (0, len(FILES))
    assert found_in(first) == found_in(second) == found_in(survey(root))


def test_only_what_was_changed_is_read_again_also_in_another_clone(tmp_path: Path) -> None:
    options = SurveyOptions(FactsCache(tmp_path / "kept"))
    survey(write_files(tmp_path / "code", FILES), options)
    clone = write_files(tmp_path / "clone", {**FILES, "a.py": "def renamed(): ...\n"})
    found = survey(clone, options)
    assert found.reused == len(FILES) - 1
    assert "a.renamed" in found.analysis.existing_apis


def test_the_id_of_a_content_is_gits_with_the_ending_that_decides_how_it_is_read() -> None:
    assert content_id("x.PY", b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a.py"


def test_facts_of_another_parser_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_files(tmp_path / "code", FILES)
    options = SurveyOptions(FactsCache(tmp_path / "kept"))
    survey(root, options)
    monkeypatch.setattr("planner.codebase.facts_cache.FACTS_VERSION", -1)
    assert survey(root, options).reused == 0


@pytest.mark.parametrize(
    "damage",
    [b"", b"garbage", zlib.compress(b"{}"), zlib.compress(b"[1, 2]"), zlib.compress(b"not json"), 7, None],
)
def test_a_damaged_entry_is_read_again_and_mended(tmp_path: Path, damage: object) -> None:
    root = write_files(tmp_path / "code", FILES)
    options = SurveyOptions(FactsCache(tmp_path / "kept"))
    survey(root, options)
    with closing(sqlite3.connect(tmp_path / "kept" / FILE)) as database, database:
        database.execute("UPDATE facts SET facts = ? WHERE content LIKE '%.py'", (damage,))
    assert found_in(survey(root, options)) == found_in(survey(root))
    assert survey(root, options).reused == len(FILES)


@pytest.mark.parametrize("damage", [b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_cache_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    root = write_files(tmp_path / "code", FILES)
    options = SurveyOptions(FactsCache(tmp_path / "kept"))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / FILE).write_bytes(damage)
    assert found_in(survey(root, options)) == found_in(survey(root))
    assert survey(root, options).reused == len(FILES)


def test_a_folder_that_cannot_be_made_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    root = write_files(tmp_path / "code", FILES)
    assert found_in(survey(root, SurveyOptions(FactsCache(tmp_path / "file" / "kept")))) == found_in(
        survey(root)
    )


def test_a_cache_that_somebody_else_has_locked_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_cache, "WAIT_SECONDS", 0.01)
    cache = FactsCache(tmp_path)
    cache.keep({"one": read_facts("a.py", "x = 1\n")})
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("BEGIN EXCLUSIVE")
        cache.keep({"two": read_facts("a.py", "x = 1\n")})
        assert cache.load(["one"]) == {}
    assert set(cache.load(["one", "two"])) == {"one"}


def test_the_oldest_facts_are_dropped_when_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_cache, "MAX_ENTRIES", 2)
    cache = FactsCache(tmp_path)
    for name in ("one", "two", "three"):
        cache.keep({name: read_facts("a.py", "x = 1\n")})
    assert set(cache.load(["one", "two", "three"])) == {"two", "three"}
