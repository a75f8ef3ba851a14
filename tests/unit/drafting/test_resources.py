"""Resources: declared, named, and files that two tasks change."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.codebase.survey import survey
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.source_document import read_source_bytes
from schemas.errors import InvalidArguments
from schemas.identifiers import check_identifier
from schemas.settings import PlanSettings
from tests.unit.drafting.drafted import drafted

RUN = "```sh run\ntrue\n```\n"


def runbook(*options: str, plan: str = "") -> str:
    """Return a runbook with a task for each of these options."""
    head = f"# T\n```yaml plan\n{plan}\n```\n" if plan else "# T\n"
    return head + "".join(f"## Do {n}\n```yaml task\n{text}\n```\n{RUN}" for n, text in enumerate(options))


def typed(text: str) -> list[tuple[str, str, str, str | None]]:
    """Return the dependencies over resources."""
    found = drafted(text, files=["a.py"]).dependencies
    return [(item.from_, item.to, item.type, item.shared_resource) for item in found if item.shared_resource]


def test_an_exclusive_resource_that_nobody_declared_has_one_unit_and_says_so() -> None:
    resource = drafted(runbook("exclusive: [db]")).resources["db"]
    assert (resource.type, resource.capacity) == ("exclusive", 1)
    assert "not declared: spec.md:4" in resource.reason


def test_tasks_of_one_exclusive_resource_are_paired_in_the_order_of_the_plan() -> None:
    text = runbook("exclusive: [db]", "exclusive: [db]", "exclusive: [db]")
    assert typed(text) == [
        ("P1.T001", "P1.T002", "mutual_exclusion", "db"),
        ("P1.T002", "P1.T003", "mutual_exclusion", "db"),
    ]
    assert [item.quote for item in drafted(text).dependencies[0].evidence] == ["exclusive: [db]"] * 2


def test_a_limited_resource_that_is_not_enough_for_all_is_recorded() -> None:
    plan = "resources: {gpu: {capacity: 3, reason: three cards}}"
    assert typed(runbook("shared: {gpu: 2}", "shared: {gpu: 2}", plan=plan)) == [
        ("P1.T001", "P1.T002", "resource_limited", "gpu")
    ]
    assert typed(runbook("shared: {gpu: 2}", "shared: {gpu: 1}", plan=plan)) == []


def test_a_single_unit_of_a_single_unit_is_exclusive() -> None:
    draft = drafted(runbook("shared: {db: 1}", plan="resources: {db: {capacity: 1}}"))
    needs = draft.tasks[0].resource_requirements.estimated
    assert (needs.exclusive_resources, needs.shared_resources) == (("db",), {})


def test_a_resource_with_several_units_cannot_be_had_exclusively() -> None:
    with pytest.raises(InvalidArguments, match=r"spec\.md:7: there are 3 of 'gpu'") as caught:
        drafted(runbook("exclusive: [gpu]", plan="resources: {gpu: {capacity: 3}}"))
    assert "shared: {gpu: 3}" in caught.value.hint


def test_two_tasks_that_change_one_file_get_a_resource_for_it() -> None:
    draft = drafted(
        runbook("scope: [a.py]", "scope: [a.py, b.py]", "scope: [b.py]", "scope: ['*.py']"), files=["a.py"]
    )
    assert sorted(resource.location or "" for resource in draft.resources.values()) == ["a.py", "b.py"]
    for name in draft.resources:
        assert check_identifier(name).startswith("file.")
    held = [len(task.resource_requirements.estimated.exclusive_resources) for task in draft.tasks]
    assert held == [1, 2, 1, 0]


def test_a_file_of_tasks_that_come_one_after_the_other_is_no_resource() -> None:
    text = runbook("scope: [a.py]\nid: one", "after: [one]\nid: two", "scope: [a.py]\nafter: [two]")
    assert drafted(text, files=["a.py"]).resources == {}


def test_long_paths_that_differ_have_resources_that_differ() -> None:
    paths = [f"{'deep/' * 30}{name}.py" for name in ("a", "b")]
    text = runbook(*(f"scope: [{path}]" for path in paths * 2))
    assert len({check_identifier(name) for name in drafted(text).resources}) == 2


def test_who_adds_a_migration_needs_the_migrations_alone(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("create table a(id integer);\n", encoding="utf-8")
    paths = ("migrations/0002_b.sql", "migrations/0002_c.sql", "migrations.md")
    text = "# T\n" + "".join(f"- [ ] Make `{path}`\n" for path in paths)
    source = read_source_bytes(text.encode(), "spec.md")
    draft = draft_from_documents((source,), survey(tmp_path), PlanSettings(), None)
    needs = [task.resource_requirements.estimated.exclusive_resources for task in draft.tasks]
    assert needs == [("database_migrations",), ("database_migrations",), ()]
    (entry,) = (item for item in draft.dependencies if item.shared_resource)
    assert (entry.type, entry.evidence[0].quote) == ("mutual_exclusion", "migrations/0002_b.sql")
    assert draft.resources["database_migrations"].reason.startswith("1 migration in migrations: ")
