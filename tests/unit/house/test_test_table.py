"""The table at the end of `make test`: a kind of test of which none ran is a failure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
TABLE = CHECKOUT / "deploy" / "bootstrap" / "print_test_table.py"
KINDS = ("unit", "temporal", "replay", "end-to-end")


def printed(reports: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(TABLE), str(reports)], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    for kind in KINDS:
        suite = (
            '<testsuites><testsuite name="pytest" errors="0" failures="0" skipped="1" tests="3" time="1.5">'
        )
        (tmp_path / f"{kind}.xml").write_text(suite, encoding="utf-8")
    return tmp_path


def test_every_kind_is_counted(reports: Path) -> None:
    code, table = printed(reports)
    assert code == 0
    assert ["all", "12", "0", "4", "6.0"] in [line.split() for line in table.splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_did_not_run_is_named_and_fails(kind: str, reports: Path) -> None:
    (reports / f"{kind}.xml").unlink()
    code, table = printed(reports)
    assert code == 1
    assert f"no test ran: {kind}" in table


def test_a_kind_that_found_no_test_fails(reports: Path) -> None:
    (reports / "unit.xml").write_text('<testsuite errors="0" failures="0" skipped="0" tests="0" time="0.1">')
    assert printed(reports)[0] == 1
