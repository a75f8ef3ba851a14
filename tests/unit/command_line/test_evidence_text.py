"""What `tasks logs` shows of a task's evidence, at once and look by look."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from activities.evidence_store import Evidence
from schemas.execution import Phase
from tasks_cli.evidence_files import EvidenceChoice
from tasks_cli.evidence_text import EvidenceText
from tasks_cli.logs import PHASES


def keep(folder: Path, attempt: int, phase: str, text: str) -> Path:
    return Evidence(folder / str(attempt), phase).write_text("command", text, ".log")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keep(tmp_path, 1, "pre_test", "baseline\n")
    keep(tmp_path, 1, "develop", "first\n")
    keep(tmp_path, 2, "develop", "one\ntwo\nthree\n")
    return tmp_path


def shown(folder: Path, attempt: int | None = None, phase: Phase | None = None, lines: int = 40) -> str:
    return EvidenceText(folder, EvidenceChoice(attempt, phase), lines).news()


def test_every_file_stands_below_its_attempt_and_its_path(folder: Path) -> None:
    assert shown(folder) == (
        "== attempt 1 ==\n"
        f"-- {folder}/1/001-pre_test-command.log\n   baseline\n"
        f"-- {folder}/1/002-develop-command.log\n   first\n"
        "== attempt 2 ==\n"
        f"-- {folder}/2/001-develop-command.log\n   one\n   two\n   three\n"
    )


def test_an_attempt_a_phase_and_the_last_lines_can_be_chosen(folder: Path) -> None:
    text = shown(folder, attempt=2, phase="develop", lines=1)
    assert text.splitlines()[2:] == ["   ... 2 more above", "   three"]
    assert "first" not in text
    assert shown(folder, phase="land") == ""
    assert "baseline" not in shown(folder, phase="develop")


def test_what_comes_later_is_shown_whole_and_under_the_header_that_it_needs(folder: Path) -> None:
    text = EvidenceText(folder, EvidenceChoice(2), lines=1)
    text.news()
    log = folder / "2" / "001-develop-command.log"
    with log.open("a") as file:
        file.write("four\nfi")
    assert text.news() == "   four\n   fi"
    with log.open("a") as file:
        file.write("ve\n")
    assert text.news() == "ve\n"
    later = keep(folder, 2, "review", "a\nb\nc\n")
    assert text.news() == f"-- {later}\n   a\n   b\n   c\n"
    assert text.news() == ""


def test_a_new_header_never_stands_behind_half_a_line(folder: Path) -> None:
    text = EvidenceText(folder, EvidenceChoice(2), lines=40)
    keep(folder, 2, "develop", "no end of line")
    later = keep(folder, 2, "review", "x\n")
    assert text.news().endswith(f"   no end of line\n-- {later}\n   x\n")


def test_a_command_that_has_printed_nothing_yet_is_named(tmp_path: Path) -> None:
    log = keep(tmp_path, 1, "develop", "")
    text = EvidenceText(tmp_path, EvidenceChoice(), lines=40)
    assert text.news() == f"== attempt 1 ==\n-- {log}\n"
    log.write_text("at last\n")
    assert text.news() == "   at last\n"


def test_a_task_that_has_not_begun_has_no_evidence_yet(tmp_path: Path) -> None:
    text = EvidenceText(tmp_path / "T1", EvidenceChoice(), lines=1)
    assert text.news() == ""
    keep(tmp_path / "T1", 1, "develop", "a\nb\n")
    assert text.news().endswith("   a\n   b\n")


def test_the_command_offers_the_phases_that_there_are() -> None:
    assert get_args(Phase) == PHASES
