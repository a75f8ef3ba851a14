"""Who may import whom, and who may touch the world: the tree keeps it, and a violation would be noticed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.house.code_measures import PACKAGES, impurities, process_starters

CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Violation:
    contract: str
    module: str
    line: str


VIOLATIONS = (
    Violation("Imports point down only", "schemas/planted.py", "import planner"),
    Violation("Imports point down only", "activities/planted.py", "import workflows"),
    Violation("Scheduling decisions are pure", "planner/scheduling/planted.py", "import time"),
    Violation(
        "The planner and the schemas know no Temporal", "planner/graph/planted.py", "import temporalio"
    ),
    Violation("Workflows touch nothing but Temporal", "workflows/planted.py", "import random"),
)


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a tree with the tree itself first on the path, before this checkout."""
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [tool, "--no-cache", "--no-logo"], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """A copy of the packages and of the configuration that holds the contracts."""
    for name in PACKAGES:
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_tree_keeps_all_contracts() -> None:
    result = lint_imports(CHECKOUT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 0 broken" in result.stdout


@pytest.mark.parametrize(
    "violation", VIOLATIONS, ids=lambda violation: f"{violation.module}: {violation.line}"
)
def test_a_planted_violation_breaks_its_contract(copied_tree: Path, violation: Violation) -> None:
    module = copied_tree / violation.module
    module.parent.mkdir(exist_ok=True)
    module.write_text(f"{violation.line}\n")
    result = lint_imports(copied_tree)
    assert result.returncode != 0
    assert f"{violation.contract} BROKEN" in result.stdout


def test_every_contract_has_a_planted_violation() -> None:
    result = lint_imports(CHECKOUT)
    states = (" KEPT", " BROKEN")
    contracts = {line.rpartition(" ")[0] for line in result.stdout.splitlines() if line.endswith(states)}
    assert contracts == {violation.contract for violation in VIOLATIONS}


def test_scheduling_reaches_no_clock_chance_file_or_network() -> None:
    assert impurities(CHECKOUT) == []


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from os import environ",
        "from datetime import datetime",
        "import numpy.random",
        "open('x')",
    ],
)
def test_an_impure_line_in_scheduling_is_noticed(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "planner" / "scheduling"
    folder.mkdir(parents=True)
    (folder / "decide.py").write_text("from dataclasses import dataclass\n")
    assert impurities(tmp_path) == []
    (folder / "decide.py").write_text(f"{line}\n")
    assert len(impurities(tmp_path)) == 1


def test_an_impure_module_is_noticed_behind_a_pure_import(tmp_path: Path) -> None:
    for name in ("scheduling", "graph"):
        (tmp_path / "planner" / name).mkdir(parents=True)
    (tmp_path / "planner/scheduling/decide.py").write_text("from planner.graph.order import order\n")
    (tmp_path / "planner/graph/order.py").write_text("import random\n\norder = random.random\n")
    assert impurities(tmp_path) == ["planner/graph/order.py:1: imports random"]


def test_processes_are_started_in_one_place_only() -> None:
    assert process_starters(CHECKOUT) == []


@pytest.mark.parametrize(
    "line",
    [
        "import subprocess",
        "from subprocess import run",
        "import os; os.system('true')",
        "from os import system",
    ],
)
def test_a_process_started_elsewhere_is_noticed(tmp_path: Path, line: str) -> None:
    for place in ("planner/machine", "activities"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "planner/machine/processes.py").write_text(f"{line}\n")
    assert process_starters(tmp_path) == []
    (tmp_path / "activities/checks.py").write_text(f"{line}\n")
    assert len(process_starters(tmp_path)) == 1
