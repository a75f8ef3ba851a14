"""Documents of many kinds, as people write them: every quote exact, no statement lost, most of them owned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.coverage import fingerprint, fingerprints_elsewhere, is_good, marked_lines, measure
from planner.codebase.survey import Survey
from planner.draft import Draft
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.source_document import read_source
from schemas.settings import PlanSettings

HERE = Path(__file__).parent
DOCUMENTS = sorted((HERE / "documents").rglob("*.md"))
LABELLED: dict[str, dict[str, list[str]]] = json.loads((HERE / "labelled_statements.json").read_text("utf-8"))
LEAST_OWNED = 0.8


def draft_of(*paths: Path) -> Draft:
    return draft_from_documents(
        tuple(read_source(path) for path in paths), Survey(root="."), PlanSettings(), None
    )


def owned_places(draft: Draft) -> list[tuple[int, int]]:
    """Return the ranges of the source that a task owns."""
    places = [item.loc for task in draft.tasks for item in task.source_evidence]
    places += [item.source_evidence.loc for item in draft.statements if item.tasks]
    return [(place.start, place.end) for place in places]


def is_within(start: int, end: int, places: list[tuple[int, int]]) -> bool:
    return any(first < end and last > start for first, last in places)


def test_there_are_documents_of_at_least_ten_kinds() -> None:
    assert len(DOCUMENTS) >= 15


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_quote_is_exact_and_no_marked_line_is_lost(path: Path) -> None:
    found = measure(path)
    assert found.error is None
    assert found.quotes > 0
    assert is_good(found), found
    assert found.owned + found.uncovered == found.statements


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_whatever_the_line_ends_are_the_quotes_are_those_of_the_file(path: Path, tmp_path: Path) -> None:
    other = tmp_path / path.name
    other.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    found = measure(other)
    assert is_good(found), found
    assert (found.tasks, found.owned) == (measure(path).tasks, measure(path).owned)


def test_drafts_are_the_same_under_any_hash_seed_and_in_any_folder() -> None:
    here = [fingerprint(path) for path in DOCUMENTS]
    assert fingerprints_elsewhere(DOCUMENTS, "1") == here
    assert fingerprints_elsewhere(DOCUMENTS, "2") == here


def test_most_of_what_a_person_labelled_as_asked_for_is_owned_by_a_task() -> None:
    owned = asked = 0
    for name, labels in LABELLED.items():
        path = HERE / "documents" / name
        text = read_source(path).text
        draft = draft_of(path)
        places = owned_places(draft)
        known = [(item.source_evidence.loc.start, item.source_evidence.loc.end) for item in draft.statements]
        for fragment in labels["asked"]:
            start = text.index(fragment)
            end = start + len(fragment)
            asked += 1
            owned += is_within(start, end, places)
            assert is_within(start, end, places + known), f"{name}: {fragment!r} is lost"
    assert asked > 100
    assert owned >= LEAST_OWNED * asked, f"{owned} of {asked}"


def test_what_a_person_labelled_as_not_asked_for_is_owned_by_nobody() -> None:
    for name, labels in LABELLED.items():
        path = HERE / "documents" / name
        text = read_source(path).text
        places = owned_places(draft_of(path))
        for fragment in labels["not_asked"]:
            start = text.index(fragment)
            assert not is_within(start, start + len(fragment), places), f"{name}: {fragment!r}"


def test_a_small_note_gives_a_handful_of_tasks_and_a_specification_a_few_features() -> None:
    sizes = {
        path.name: (len(draft.tasks), len(draft.features))
        for path in DOCUMENTS
        if path.stat().st_size < 4096 and "tasks" not in path.name
        for draft in (draft_of(path),)
    }
    assert all(2 <= tasks <= 14 for tasks, _ in sizes.values()), sizes
    assert all(1 <= features <= 5 for _, features in sizes.values()), sizes


def test_the_independent_count_sees_marks_and_no_code() -> None:
    text = "It must.\n```\nIt MUST not count.\n```\n- [ ] a\n**FR-001**: b\nGiven a, when b\nplain\n"
    assert marked_lines(text) == [1, 5, 6, 7]


def test_a_specification_beside_a_list_of_tasks_is_looked_up_in_the_list() -> None:
    folder = HERE / "documents" / "kiro"
    draft = draft_of(folder / "requirements.md", folder / "tasks.md")
    assert draft.drafter == "tasks-md"
    assert [task.id for task in draft.tasks] == ["2.2", "2.3", "3"]
    links = {item.label: (item.tasks, item.linked_by) for item in draft.statements if item.label}
    assert links == {
        "1.1": (("2.3",), "label"),
        "1.2": (("2.2",), "label"),
        "2.1": (("3",), "label"),
        "2.2": ((), None),
    }
