"""Resources: declared, named, and files that two tasks change."""

from __future__ import annotations

import pytest

from schemas.errors import InvalidArguments
from schemas.identifiers import check_identifier
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
