"""`tasks plan --from-plan`: everything that follows from an edited tasks.json, computed again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from planner.exchange.edited_plan import EditedPlan, read_edited_plan
from planner.make_plan import MadePlan, make_plan
from planner.storage.plan_folder import edited_files
from schemas.errors import InvalidArguments
from schemas.plan import FEATURES_FILE, TASKS_FILE
from schemas.settings import Settings
from tasks_cli.kept_plans import keep_plan, write_for_review
from workers.settings import load_settings, with_flags

EDITABLE = frozenset({FEATURES_FILE, TASKS_FILE})


def plan_again(
    folder: Path, flags: Mapping[str, object], timestamp: str, *, force: bool
) -> tuple[Path, MadePlan]:
    """Compute dag, waves, forecast and documents from the features and tasks of a plan folder.

    The folder itself is replaced, unless --output-dir names another one. What the plan states, such as its
    model, goes before the settings, and a flag before what the plan states.

    Raises:
        InvalidArguments: there is no such folder, or an edited file in it would be lost.
        PlanValidationFailed: features.json or tasks.json cannot be read; names file, line and path.
    """
    edited = read_edited_plan(folder)
    settings = settings_of(edited, {"output_dir": str(folder), **_given(flags)})
    in_place = Path(settings.plan.output_dir).resolve() == folder.resolve()
    lost = sorted(set(edited_files(folder)) - EDITABLE) if in_place and not force else []
    if lost:
        raise InvalidArguments(
            f"{', '.join(lost)} in {folder} was edited and would be lost: only {', '.join(sorted(EDITABLE))} "
            "are where a plan begins",
            hint="write to another folder with --output-dir, or give the edit up with --force",
        )
    made = MadePlan(make_plan(edited.draft, settings, timestamp), edited.draft)
    return keep_plan(made, settings, timestamp, force=force or in_place), made


def revised(folder: Path, flags: Mapping[str, object], timestamp: str) -> MadePlan:
    """Compute a plan under review again, in its folder; nobody remembers that one.

    Raises:
        TasksError: what was edited cannot be read; the folder is as it was.
    """
    edited = read_edited_plan(folder)
    settings = settings_of(edited, {**flags, "output_dir": str(folder)})
    made = MadePlan(make_plan(edited.draft, settings, timestamp), edited.draft)
    write_for_review(made, settings, folder, timestamp)
    return made


def settings_of(edited: EditedPlan, flags: Mapping[str, object]) -> Settings:
    """Return the settings with what a plan states over them, and the flags over both."""
    given = _given(flags)
    codebase = str(given.get("codebase_path") or edited.codebase or ".")
    loaded = load_settings(os.environ, Path(codebase))
    return with_flags(loaded, "plan", {**edited.stated, **given, "codebase_path": codebase})


def _given(flags: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in flags.items() if value is not None}
