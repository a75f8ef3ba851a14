"""The world of one case: a user's project with a good plan in it, his home, his state folder."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from planner.codebase.facts_cache import FILE as FACTS
from planner.intake.source_document import read_source_bytes
from planner.make_plan import plan_from_documents
from planner.storage.plan_folder import FolderFacts, write_plan_folder
from schemas.settings import Settings
from tests.end_to_end.user_machine import UserMachine
from tests.folder_snapshot import folder_snapshot
from tests.isolated_environment import GIT_SETTINGS
from tests.small_project import TIMESTAMP, git, make_repository, runbook, task

DOCUMENT = runbook(
    task("Write a", "echo a > a.txt", "test -s a.txt", id="A"),
    task("Write b", "cat a.txt > b.txt", "test -s b.txt", id="B", after="[A]"),
)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a command could touch lies below one folder."""

    folder: Path

    @property
    def project(self) -> Path:
        """Return the user's repository, in which he stands."""
        return self.folder / "project"

    @property
    def plan(self) -> Path:
        """Return the folder of a good plan; `tasks plan` writes there unless told otherwise."""
        return self.project / "tasks_output"

    @property
    def state(self) -> Path:
        """Return the state folder; nothing is in it."""
        return self.folder / "state"

    @property
    def environment(self) -> dict[str, str]:
        """Return the user's variables; no service can be started with them."""
        return {
            **os.environ,
            "HOME": str(self.folder / "home"),
            "TASKS_STATE_DIR": str(self.state),
            "TASKS_TEMPORAL_CLI": str(self.folder / "no-temporal"),
        }

    def snapshot(self) -> dict[str, str]:
        """Return everything in the world, but for what is remembered of the code, which changes no answer."""
        remembered = {"state", f"state/{FACTS}"}
        return {path: kind for path, kind in folder_snapshot(self.folder).items() if path not in remembered}

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the project."""
        place = self.project / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a text in a file of the plan, as a person would."""
        place = self.plan / name
        text = place.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        place.write_text(text.replace(old, new, 1), encoding="utf-8")

    def git(self, *arguments: str) -> str:
        """Run git in the project."""
        return git(self.project, *arguments)

    def leftovers(self) -> list[str]:
        """Return the processes that belong to this world and are still there."""
        return UserMachine(self.folder, self.environment, Path()).leftovers()


def make_world(folder: Path) -> World:
    """Make a world with a repository of one commit, and a good plan in the usual place."""
    world = World(folder)
    make_repository(world.project)
    (folder / "home").mkdir()
    (folder / "home" / ".gitconfig").write_text(GIT_SETTINGS, encoding="utf-8")
    source = read_source_bytes(DOCUMENT.encode(), "RUNBOOK.md")
    made = plan_from_documents((source,), world.project, Settings(), None, TIMESTAMP)
    assert made.plan.dag.ok, made.plan.dag.errors
    write_plan_folder(made.plan, world.plan, FolderFacts("document", TIMESTAMP, "0"))
    return world


def copy_of(world: World, folder: Path) -> World:
    """Return a copy of a world, for a case to spoil."""
    shutil.copytree(world.folder, folder, symlinks=True)
    return World(folder)
