"""The example programs need what they say they need, and no more."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.unit.examples.runbook_tasks import INVENTORY, read_runbook

EXAMPLES = INVENTORY.parent


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a program imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an example stands alone"
            found.add((node.module or "").partition(".")[0])
    return found


def test_the_demo_needs_the_standard_library_only() -> None:
    assert imported(EXAMPLES / "run_demo.py") <= sys.stdlib_module_names


def test_a_plan_is_started_by_the_sdk_alone_in_less_than_sixty_lines() -> None:
    program = EXAMPLES / "start_from_sdk.py"
    assert imported(program) - sys.stdlib_module_names == {"temporalio"}
    assert len(program.read_text(encoding="utf-8").splitlines()) < 60


@pytest.mark.parametrize("path", sorted(INVENTORY.rglob("*.py")), ids=lambda path: path.name)
def test_the_example_project_needs_the_standard_library_only(path: Path) -> None:
    assert imported(path) <= sys.stdlib_module_names | {"stockroom"}


def test_the_readme_names_tasks_and_files_that_exist() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    tasks = {task.id for task in read_runbook(INVENTORY / "RUNBOOK.md").tasks}
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", text))
    assert named - tasks == {"catalogue-file"}
    for name in re.findall(r"`((?:inventory/)?[\w.]+\.(?:py|md))`", text):
        assert (EXAMPLES / name).exists() or name in {"RUNBOOK.md", "Plan.md"}, name
