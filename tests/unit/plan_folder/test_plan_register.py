"""The register of known plans."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.storage.plan_register import KnownPlan, PlanRegister
from schemas.errors import InvalidArguments


def known(folder: Path, timestamp: str = "2026-01-01T00:00:00Z") -> KnownPlan:
    folder.mkdir(exist_ok=True)
    (folder / ".tasks-meta.json").touch()
    return KnownPlan(
        plan_dir=str(folder),
        plan_id="PLAN-01234567",
        title="Program",
        drafter="document",
        tasks=3,
        ok=True,
        timestamp=timestamp,
    )


def test_the_newest_plan_comes_first(tmp_path: Path) -> None:
    register = PlanRegister(tmp_path / "state")
    old, new = known(tmp_path / "a"), known(tmp_path / "b", "2026-01-02T00:00:00Z")
    register.add(old)
    register.add(new)
    assert register.plans() == (new, old)


def test_a_plan_made_again_in_its_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    register = PlanRegister(tmp_path / "state")
    register.add(known(tmp_path / "a"))
    again = known(tmp_path / "a", "2026-01-02T00:00:00Z")
    register.add(again)
    assert register.plans() == (again,)


def test_a_plan_whose_folder_is_gone_is_not_listed(tmp_path: Path) -> None:
    register = PlanRegister(tmp_path / "state")
    register.add(known(tmp_path / "a"))
    (tmp_path / "a" / ".tasks-meta.json").unlink()
    assert register.plans() == ()


def test_a_broken_entry_hides_no_other(tmp_path: Path) -> None:
    register = PlanRegister(tmp_path / "state")
    plan = known(tmp_path / "a")
    register.add(plan)
    (tmp_path / "state" / "plans" / "broken.json").write_text("{", encoding="utf-8")
    assert register.plans() == (plan,)


def test_an_empty_register_lists_nothing(tmp_path: Path) -> None:
    assert PlanRegister(tmp_path / "state").plans() == ()


def test_a_state_folder_that_cannot_be_written_is_named_with_advice(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    with pytest.raises(InvalidArguments, match="state folder") as caught:
        PlanRegister(tmp_path / "state").add(known(tmp_path / "a"))
    assert "TASKS_STATE_DIR" in caught.value.hint
