"""The limits of seed 003: a function below 50 lines, a class below 100, a file below 500."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.house.code_measures import oversized

CHECKOUT = Path(__file__).resolve().parents[3]


def planted(lines: int, head: str) -> str:
    """Return the source of something with this many lines."""
    indent = "    " if head else ""
    body = f"{indent}x = 1\n" * (lines - bool(head))
    return f"{head}\n{body}" if head else body


def test_no_function_class_or_file_of_ours_reaches_its_limit() -> None:
    assert oversized(CHECKOUT) == []


@pytest.mark.parametrize(
    ("head", "limit"),
    [("def long():", 50), ("async def long():", 50), ("class Long:", 100), ("", 500)],
)
def test_the_limit_is_exclusive_for_each_kind(tmp_path: Path, head: str, limit: int) -> None:
    module = tmp_path / "planner" / "module.py"
    module.parent.mkdir()
    module.write_text(planted(limit - 1, head))
    assert oversized(tmp_path) == []
    module.write_text(planted(limit, head))
    assert len(oversized(tmp_path)) == 1


def test_a_long_method_is_found_inside_a_class(tmp_path: Path) -> None:
    module = tmp_path / "tests" / "module.py"
    module.parent.mkdir()
    body = "        x = 1\n" * 49
    module.write_text(f"class Short:\n    def long(self):\n{body}")
    assert oversized(tmp_path) == ["tests/module.py:2: long has 50 lines, not fewer than 50"]
