"""`tasks plan` for codebases as they are: with broken files, surveyed twice, watched on a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.end_to_end.tasks_command import TASKS, run_tasks
from tests.small_project import git, make_repository

SPEC = """\
# Discounts

- [ ] Let the cart give a discount
- [ ] Show the discount in the monthly report
- [ ] Document the discount
- [ ] Test the discount of an empty cart
- [ ] Log each discount that is given
- [ ] Limit the discount to half of the price
"""
FILES = {
    "shop/cart.py": "import json\n\n\nclass Cart:\n    def total(self): ...\n",
    "shop/report.py": "from shop.cart import Cart\n\n\ndef monthly(): ...\n",
    "shop/broken.py": "def (:\n",
    "shop/migrations/0001_begin.py": "",
    "web/long.js": "let a = 1;\n" * 100_000,
    ".github/workflows/ci.yml": "jobs:\n  test:\n    steps:\n      - run: python3 -m unittest discover -q\n",
}


@pytest.fixture
def codebase(tmp_path: Path) -> Path:
    """A repository with everything in it that could stop a survey."""
    root = make_repository(tmp_path / "code", FILES)
    (root / "web" / "bundle.js").write_bytes(b"var a=1;" * 1_250_000)
    (root / "shop" / "binary.py").write_bytes(b"\x7fELF\0" * 100)
    (root / "shop" / "latin.py").write_bytes("PREIS = 'größer'\n".encode("latin-1"))
    (root / "shop" / "loop").symlink_to(root)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Add what lies about")
    (tmp_path / "spec.md").write_text(SPEC, encoding="utf-8")
    return root


def plan(codebase: Path, folder: Path, state: str) -> dict[str, Any]:
    """Plan the discounts and return what `--json` says."""
    environment = {
        **os.environ,
        "TASKS_STATE_DIR": str(folder / state),
        "SOURCE_DATE_EPOCH": "1700000000",
    }
    argv: list[str | Path] = [
        "plan",
        "-f",
        folder / "spec.md",
        "-p",
        codebase,
        "-o",
        folder / "plan",
        "--json",
    ]
    answer = run_tasks(argv, folder, environment)
    assert answer.returncode == 0, answer.stderr
    assert "reading source files" not in answer.stderr
    said: dict[str, Any] = json.loads(answer.stdout)
    return said


def test_a_codebase_with_broken_files_is_planned_for_and_left_as_it_was(
    codebase: Path, tmp_path: Path
) -> None:
    before = fingerprint(codebase)
    folder = Path(plan(codebase, tmp_path, "state")["plan_dir"])
    assert fingerprint(codebase) == before
    analysis = json.loads((folder / "tasks.json").read_text())["meta"]["codebase_analysis"]
    assert analysis["existing_apis"] == ["shop.cart.Cart", "shop.report.monthly"]
    assert analysis["places"]["shop.cart.Cart"] == "shop/cart.py:4"
    assert analysis["languages"] == {"Python": 5, "JavaScript": 1}
    assert analysis["shared_resources"]["database_migrations"]["location"] == "shop/migrations"
    assert [item["script"] for item in analysis["validation_commands"]] == ["python3 -m unittest discover -q"]
    assert analysis["relevant_files"][0]["path"] in ("shop/cart.py", "shop/report.py")
    left_out = "\n".join(analysis["left_out"])
    for what in (
        "bundle.js: too large",
        "binary.py: binary",
        "loop: a link",
        "broken.py:1 ",
        "latin.py: not UTF-8",
    ):
        assert what in left_out
    shown = (folder / "Plan.md").read_text()
    assert "- Languages: Python" in shown
    found = "Found the command `python3 -m unittest discover -q`"
    assert f"{found} (.github/workflows/ci.yml:4: job test)" in shown
    assert "Not looked at: shop/broken.py:1" in shown


def test_a_plan_is_the_same_with_and_without_what_was_kept_of_an_earlier_one(
    codebase: Path, tmp_path: Path
) -> None:
    first, second, elsewhere = (plan(codebase, tmp_path, state)["plan_id"] for state in ("one", "one", "two"))
    assert first == second == elsewhere


def test_on_a_terminal_the_survey_shows_how_far_it_is(codebase: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    argv: list[str | Path] = [
        TASKS,
        "plan",
        "-f",
        tmp_path / "spec.md",
        "-p",
        codebase,
        "-o",
        tmp_path / "plan",
    ]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        argv, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = _read_all(ours)
        assert process.stdout is not None
        printed = process.stdout.read()
    assert process.returncode == 0, shown
    assert "reading source files" in shown
    assert printed.decode() == f"{tmp_path / 'plan'}\n"


def _read_all(terminal: int) -> str:
    """Return what is written to a terminal until the last who could write has closed it."""
    found = b""
    with os.fdopen(terminal, "rb", buffering=0) as opened:
        while True:
            try:
                part = opened.read(4096)
            except OSError:  # how Linux says that the other end is closed
                break
            if not part:
                break
            found += part
    return found.decode("utf-8", "replace")
