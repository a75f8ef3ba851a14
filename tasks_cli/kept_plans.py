"""Writing a plan that was made, and remembering where it is."""

from __future__ import annotations

import os
from pathlib import Path

from planner.make_plan import MadePlan
from planner.storage.plan_folder import FolderFacts, write_plan_folder
from planner.storage.plan_register import KnownPlan, PlanRegister
from schemas.errors import TasksError
from schemas.settings import Settings
from tasks_cli.command_line import program_version
from tasks_cli.printing import print_warning
from workers.settings import state_folder


def keep_plan(made: MadePlan, settings: Settings, timestamp: str, *, force: bool) -> Path:
    """Write a plan as a folder, remember it for `tasks list-plans`, and return the folder.

    Raises:
        InvalidArguments: when the folder holds something else, or an edited plan and not `force`.
    """
    facts = _facts(made, settings, timestamp)
    plan_dir = write_plan_folder(made.plan, Path(settings.plan.output_dir), facts, force=force)
    known = KnownPlan(
        plan_dir=str(plan_dir),
        plan_id=made.plan.waves.planId,
        title=made.draft.title,
        drafter=made.draft.drafter,
        tasks=len(made.plan.tasks.tasks),
        ok=made.plan.dag.ok,
        timestamp=timestamp,
    )
    try:
        PlanRegister(state_folder(settings)).add(known)
    except TasksError as error:
        # The plan is written; it is only missing in `tasks list-plans`.
        print_warning(f"{error.message}; {error.hint}")
    return plan_dir


def write_for_review(made: MadePlan, settings: Settings, folder: Path, timestamp: str) -> None:
    """Write a plan where its author looks at it; nobody remembers this folder."""
    write_plan_folder(made.plan, folder, _facts(made, settings, timestamp), force=True)


def _facts(made: MadePlan, settings: Settings, timestamp: str) -> FolderFacts:
    return FolderFacts(
        drafter=made.draft.drafter,
        timestamp=timestamp,
        version=program_version(),
        # For people to read: a folder may have a name that no text can hold.
        codebase=os.fsencode(Path(settings.plan.codebase_path).resolve()).decode(errors="backslashreplace"),
        estimate_origins=made.draft.estimate_origins,
    )
