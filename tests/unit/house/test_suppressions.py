"""Whoever switches a rule off for a line says which rule and why."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
COUNT = CHECKOUT / "deploy" / "bootstrap" / "count_suppressions.py"
# Put together here, or these examples would count as suppressions of this file.
NOQA, IGNORE = "# no" + "qa", "# type: " + "ignore"


def count(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, COUNT, root], capture_output=True, text=True, check=False)


def planted(root: Path, comment: str) -> Path:
    module = root / "planner" / "module.py"
    module.parent.mkdir()
    module.write_text(f"x = 1  {comment}\n")
    return root


def test_every_suppression_has_a_code_and_a_reason() -> None:
    result = count(CHECKOUT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "comment",
    [
        NOQA,
        f"{NOQA}: S110",
        f"{NOQA}: S110 -",
        f"{NOQA}: S110 because",
        IGNORE,
        f"{IGNORE}[arg-type]",
        f"# ruff: {NOQA[2:]}",
        f"{IGNORE}[arg-type]  {NOQA}: E501",
    ],
)
def test_a_bare_suppression_is_noticed(tmp_path: Path, comment: str) -> None:
    result = count(planted(tmp_path, comment))
    assert result.returncode == 1
    assert "planner/module.py:1:" in result.stdout


@pytest.mark.parametrize(
    "comment",
    [
        f"{NOQA}: S110 - the file may be gone",
        f"{NOQA}: S110, BLE001 - the last resort",
        f"{IGNORE}[arg-type]  # the stub is wrong",
    ],
)
def test_an_explained_suppression_is_only_counted(tmp_path: Path, comment: str) -> None:
    result = count(planted(tmp_path, comment))
    assert (result.returncode, result.stdout) == (0, "1\n")


def test_a_text_that_looks_like_a_suppression_is_none(tmp_path: Path) -> None:
    module = tmp_path / "planner" / "module.py"
    module.parent.mkdir()
    module.write_text(f'text = "{NOQA}"\n')
    assert count(tmp_path).stdout == "0\n"
