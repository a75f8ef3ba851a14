"""The demo's own checks: it finds what is not as promised in a repository where that was planted."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.unit.examples.runbook_tasks import INVENTORY, git, make_repository

BRANCH = "feature/labels"


def load_demo() -> ModuleType:
    """Import the demo, which is a program and in no package."""
    spec = importlib.util.spec_from_file_location("run_demo", INVENTORY.parent / "run_demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for the module of a class
    spec.loader.exec_module(module)
    return module


DEMO = load_demo()


class Landed:
    """A repository with one task landed on a feature branch, as a run leaves it, and what the run says."""

    def __init__(self, folder: Path) -> None:
        self.repository = make_repository(INVENTORY, folder / "inventory")
        plan = folder / "plan"
        plan.mkdir()
        task = {"id": "shelf-labels", "boundaries": {"scope": {"includes": ["stockroom/labels.py"]}}}
        (plan / "tasks.json").write_text(json.dumps({"tasks": [task]}), encoding="utf-8")
        self.demo = DEMO.Demo(self.repository, plan, "a-run", None, BRANCH)
        self.status: dict[str, Any] = {
            "tasks": [{"id": "shelf-labels", "state": "completed"}],
            "progress": {"completed": 1, "total": 1},
        }

    def land(self, path: str, text: str, *, merge: bool = True) -> None:
        git(self.repository, "switch", "-q", "-c", BRANCH)
        git(self.repository, "switch", "-q", "-c", "work")
        (self.repository / path).write_text(text, encoding="utf-8")
        message = "Land shelf-labels\n\nTasks-Task: shelf-labels\nTasks-Attempt: 1\n"
        git(self.repository, "add", "--all")
        git(self.repository, "commit", "-q", "-m", message)
        git(self.repository, "switch", "-q", BRANCH)
        git(
            self.repository, "merge", "-q", *(("--no-ff", "-m", message) if merge else ("--ff-only",)), "work"
        )
        git(self.repository, "switch", "-q", "main")

    def broken(self) -> list[str]:
        found: list[str] = DEMO.broken_promises(self.demo, self.status, DEMO.merges(self.demo))
        return found


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path)


def test_a_good_landing_breaks_no_promise(landed: Landed) -> None:
    landed.land("stockroom/labels.py", '"""Labels."""\n')
    assert landed.broken() == []


def test_a_file_outside_the_scope_is_named(landed: Landed) -> None:
    landed.land("stockroom/ledgers.py", '"""Labels."""\n')
    assert landed.broken() == ["shelf-labels landed outside its scope: stockroom/ledgers.py"]


def test_a_landing_that_is_no_merge_is_named(landed: Landed) -> None:
    landed.land("stockroom/labels.py", '"""Labels."""\n', merge=False)
    (sentence,) = landed.broken()
    assert sentence.endswith("is not a merge of the branch and one task")


def test_failing_tests_on_the_tip_are_shown(landed: Landed) -> None:
    landed.land("stockroom/__init__.py", "raise RuntimeError('planted')\n")
    (outside, tests) = landed.broken()
    assert outside.startswith("shelf-labels landed outside its scope")
    assert tests.startswith("the tests fail on the tip of feature/labels")
    assert "planted" in tests


def test_a_task_that_only_says_it_is_complete_is_named(landed: Landed) -> None:
    landed.land("stockroom/labels.py", '"""Labels."""\n')
    landed.status["tasks"].append({"id": "begin-april", "state": "completed"})
    (git_says, counted) = landed.broken()
    assert git_says == "git says ['shelf-labels'] landed, the run says ['begin-april', 'shelf-labels']"
    assert counted == "progress counts 1, complete are 2"


def test_a_touched_checkout_is_noticed(landed: Landed) -> None:
    landed.land("stockroom/labels.py", '"""Labels."""\n')
    (landed.repository / "README.md").write_text("gone\n", encoding="utf-8")
    assert landed.broken() == ["the checkout was touched: see `git status`"]


def test_a_second_attempt_is_expected_of_exact_cents_only() -> None:
    status = {"tasks": [{"id": "exact-cents", "state": "completed"}]}
    landing = DEMO.Merge("c" * 40, "exact-cents", 1, 2, ("stockroom/pricing.py",))
    (sentence,) = DEMO.broken_expectations("RUNBOOK.md", status, [landing])
    assert sentence == "exact-cents was to need a second attempt, and only that one"


def test_the_first_free_demo_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DEMO, "CHECKOUT", tmp_path)
    assert [DEMO.new_folder(None).name for _ in range(3)] == ["1", "2", "3"]
