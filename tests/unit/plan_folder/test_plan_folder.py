"""The plan folder: whole or not at all, never over somebody else's files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from planner.storage.plan_folder import (
    FolderFacts,
    parse_plan_folder,
    plan_texts,
    read_plan_folder,
    read_plan_meta,
    write_plan_folder,
)
from schemas.errors import InvalidArguments, PlanValidationFailed
from schemas.plan import FENCE_ORDER, META_FILE, Plan
from tests.unit.making_plans.drafts import TIMESTAMP, good_plan

FACTS = FolderFacts(drafter="document", timestamp=TIMESTAMP, version="1.2.3", codebase="/code")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return good_plan()


@pytest.fixture
def folder(plan: Plan, tmp_path: Path) -> Path:
    return write_plan_folder(plan, tmp_path / "out", FACTS)


def content(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_written_plan_is_read_back_equal(plan: Plan, folder: Path) -> None:
    assert read_plan_folder(folder) == plan


def test_a_plan_that_was_read_is_written_with_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = write_plan_folder(read_plan_folder(folder), tmp_path / "again", FACTS)
    assert content(again) == content(folder)


def test_the_folder_holds_the_seven_files_and_its_own_record(folder: Path) -> None:
    assert {entry.name for entry in folder.iterdir()} == {*FENCE_ORDER, META_FILE}
    meta = read_plan_meta(folder)
    assert meta is not None
    assert set(meta.files) == set(FENCE_ORDER)
    assert meta.plan_id == json.loads((folder / "waves.json").read_text(encoding="utf-8"))["planId"]


def test_each_file_ends_with_one_newline(plan: Plan) -> None:
    for name, text in plan_texts(plan).items():
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name


def test_an_untouched_plan_is_replaced(plan: Plan, folder: Path) -> None:
    write_plan_folder(plan, folder, FACTS)
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("name", ["tasks.json", "Plan.md"])
def test_an_edited_plan_is_replaced_only_by_force(plan: Plan, folder: Path, name: str) -> None:
    (folder / name).write_text("mine\n", encoding="utf-8")
    with pytest.raises(InvalidArguments, match=name) as caught:
        write_plan_folder(plan, folder, FACTS)
    assert "--force" in caught.value.hint
    assert (folder / name).read_text(encoding="utf-8") == "mine\n"
    write_plan_folder(plan, folder, FACTS, force=True)
    assert read_plan_folder(folder) == plan


def test_a_folder_with_foreign_files_is_never_replaced_even_by_force(plan: Plan, folder: Path) -> None:
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(InvalidArguments, match=r"thesis\.txt"):
        write_plan_folder(plan, folder, FACTS, force=True)
    assert (folder / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_a_folder_that_is_not_a_plan_is_never_replaced(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "tasks.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidArguments, match="not a plan folder"):
        write_plan_folder(plan, tmp_path, FACTS, force=True)


def test_an_empty_folder_and_missing_parents_are_fine(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert read_plan_folder(write_plan_folder(plan, tmp_path / "empty", FACTS)) == plan
    assert read_plan_folder(write_plan_folder(plan, tmp_path / "a" / "b", FACTS)) == plan


def test_a_file_in_the_place_of_the_folder_is_named(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(InvalidArguments, match="is a file"):
        write_plan_folder(plan, tmp_path / "out", FACTS)


def test_the_checkpoints_of_runs_are_carried_over(plan: Plan, folder: Path) -> None:
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "P1.T001.checkpoint").write_text("{}", encoding="utf-8")
    write_plan_folder(plan, folder, FACTS)
    assert (folder / "checkpoints" / "P1.T001.checkpoint").is_file()


def test_a_failing_write_leaves_the_old_plan(
    plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(folder)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidArguments, match="No space left"):
        write_plan_folder(plan, folder, FACTS)
    assert content(folder) == before


def test_a_replacement_that_was_cut_off_between_its_two_renames_is_finished(plan: Plan, folder: Path) -> None:
    folder.rename(folder.with_name(f".{folder.name}.replaced"))
    write_plan_folder(plan, folder, FACTS)
    assert read_plan_folder(folder) == plan
    assert list(folder.parent.iterdir()) == [folder]


def test_a_missing_folder_is_an_invalid_argument(tmp_path: Path) -> None:
    with pytest.raises(InvalidArguments, match="no plan folder"):
        read_plan_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("name", FENCE_ORDER)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(PlanValidationFailed, match=f"{name}: the file is missing"):
        read_plan_folder(folder)


def test_a_field_that_is_not_known_is_named_with_file_line_and_path(folder: Path) -> None:
    replace_in(folder / "tasks.json", '"category"', '"kategory"')
    findings = parse_plan_folder(folder).findings
    line = (folder / "tasks.json").read_text(encoding="utf-8").split('"kategory"')[0].count("\n") + 1
    unknown = next(item for item in findings if "kategory" in item.message)
    assert (unknown.file, unknown.pointer, unknown.line) == ("tasks.json", "/tasks/0/kategory", line)
    missing = next(item for item in findings if "'category' is missing" in item.message)
    assert missing.pointer == "/tasks/0"


def test_a_wrong_value_in_a_variant_is_named_by_its_path_in_the_file(folder: Path) -> None:
    replace_in(folder / "tasks.json", '"cmd": "make test"', '"cmd": 7')
    finding = parse_plan_folder(folder).findings[0]
    assert finding.pointer == "/tasks/0/acceptance_checks/0/cmd"
    assert finding.line is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1,\n "b": }', "not valid JSON"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "not a JSON number"),
        ("[" * 100_000, "not usable as JSON"),
        ("\ufffd", "not valid JSON"),
    ],
)
def test_text_that_is_not_json_is_named_with_its_reason(folder: Path, text: str, said: str) -> None:
    (folder / "dag.json").write_text(text, encoding="utf-8")
    with pytest.raises(PlanValidationFailed, match=said):
        read_plan_folder(folder)


def test_bytes_that_are_not_utf8_are_named(folder: Path) -> None:
    (folder / "waves.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(PlanValidationFailed, match=r"waves\.json: the file is not UTF-8 text \(byte 7\)"):
        read_plan_folder(folder)
