"""A plan in one document, as a model answers: what is in it is checked, the rest is computed."""

from __future__ import annotations

import pytest

from planner.exchange.fenced_plan import read_fenced_plan
from planner.exchange.file_fences import write_file_fences
from planner.intake.source_document import read_source_bytes
from planner.storage.plan_folder import plan_texts
from schemas.errors import InvalidArguments, PlanValidationFailed
from tests.unit.exchange.imports import plan_of
from tests.unit.making_plans.drafts import good_plan

TEXTS = plan_texts(good_plan())
BOTH = {name: TEXTS[name] for name in ("features.json", "tasks.json")}


def read(text: str) -> object:
    return read_fenced_plan(read_source_bytes(text.encode(), "answer.md")).draft


def complaint(text: str) -> str:
    with pytest.raises(PlanValidationFailed) as caught:
        read(text)
    assert "begins with features.json and tasks.json" in caught.value.hint
    return caught.value.message


def test_features_and_tasks_are_enough_and_the_rest_is_computed() -> None:
    read_plan = read_fenced_plan(read_source_bytes(write_file_fences(BOTH).encode(), "answer.md"))
    made = plan_of(read_plan.draft)
    assert made.dag.ok
    assert [task.id for task in made.tasks.tasks] == [task.id for task in good_plan().tasks.tasks]
    assert made.tasks.generated.contentHash == good_plan().tasks.generated.contentHash
    waves = [plan.waves.execution_models.wave_based.waves for plan in (made, good_plan())]
    assert [wave.tasks for wave in waves[0]] == [wave.tasks for wave in waves[1]]


def test_hashes_that_a_model_could_not_compute_do_not_matter() -> None:
    placeholder = write_file_fences(BOTH).replace(
        '"contentHash": "', '"contentHash": "<sha256(normalizeJSON)>'
    )
    assert read(placeholder) == read(write_file_fences(BOTH))


def test_nobody_has_looked_at_the_quotes_and_that_is_said() -> None:
    read_plan = read_fenced_plan(read_source_bytes(write_file_fences(TEXTS).encode(), "answer.md"))
    doubts = [item for item in read_plan.draft.findings if item.rule == "quotes-not-checked"]
    assert [(item.file, "spec.md itself was not read" in item.message) for item in doubts] == [
        ("answer.md", True)
    ]


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_mistake_is_named_by_pointer_and_by_the_line_of_the_whole_document(wrapped: bool) -> None:  # noqa: FBT001 - a parameter of the test
    broken = BOTH["tasks.json"].replace('"title": "Write the printer"', '"title": 3')
    tasks = f"```json\n{broken}```" if wrapped else broken
    text = f"Here is the plan:\n\n{write_file_fences({**BOTH, 'tasks.json': tasks})}"
    line = next(number for number, line in enumerate(text.splitlines(), 1) if '"title": 3' in line)
    assert f"answer.md:{line} /tasks/1/title: tasks.json: " in complaint(text)


def test_every_file_that_is_there_is_checked_and_all_mistakes_are_told_at_once() -> None:
    text = write_file_fences({**BOTH, "dag.json": "{}\n", "waves.json": "{\n"})
    said = complaint(text)
    assert "dag.json: the field 'ok' is missing" in said
    assert "waves.json: not valid JSON" in said


def test_a_plan_without_tasks_or_features_is_refused() -> None:
    assert "there is no ---file:tasks.json" in complaint(
        write_file_fences({"features.json": BOTH["features.json"]})
    )
    assert "there is no ---file:features.json" in complaint(
        write_file_fences({"tasks.json": BOTH["tasks.json"]})
    )


def test_a_fence_that_names_no_file_of_a_plan_is_refused_with_its_line() -> None:
    with pytest.raises(InvalidArguments, match=r"answer\.md: line 2: 'notes.txt' is not a file of a plan"):
        read("Hello\n---file:notes.txt\nx\n")
