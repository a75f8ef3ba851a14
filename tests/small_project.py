"""A small git repository with a runbook, planned by the real planner: what most runs of the tests work on."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from planner.intake.source_document import read_source_bytes
from planner.make_plan import plan_from_documents
from planner.storage.plan_folder import FolderFacts, plan_texts, write_plan_folder
from schemas.execution import ExecutePlanInput
from schemas.settings import Settings, TimingSettings

TIMESTAMP = "2026-01-01T00:00:00Z"
QUICK = TimingSettings(
    heartbeat=2, schedule_to_start=5, command_deadline=60, grace=1, retry_initial=0.1, retry_maximum=1
)
DEFAULTS = Settings()
FILES = {
    "app.py": "def answer():\n    return 42\n",
    "test_app.py": (
        "import unittest\nimport app\n\n\nclass AppTest(unittest.TestCase):\n"
        "    def test_answer(self):\n        self.assertEqual(app.answer(), 42)\n"
    ),
    "README.md": "# App\n",
}
VERIFY = "```sh verify\npython3 -m unittest -q test_app\n```\n"


def git(folder: Path, *arguments: str) -> str:
    """Run git the way a user would, and return what it printed."""
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def make_repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Make a repository with one commit and return its folder."""
    folder.mkdir(parents=True)
    for name, text in (FILES if files is None else files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Begin")
    return folder


def task(title: str, run: str, check: str = "true", **keys: object) -> str:
    """Return the section of a runbook for one task."""
    options = "".join(
        f"{key}: {value}\n" for key, value in {"estimate": "[0.01, 0.02, 0.03]", **keys}.items()
    )
    return (
        f"## {title}\n\n```yaml task\n{options}```\n\n```sh run\n{run}\n```\n\n```sh check\n{check}\n```\n\n"
    )


def runbook(*sections: str, title: str = "Change the app", verify: str = VERIFY) -> str:
    """Return a whole runbook."""
    return f"# {title}\n\n{verify}\n" + "".join(sections)


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """A repository, the plan folder of its runbook, and the input of a run."""

    repository: Path
    plan_folder: Path
    request: ExecutePlanInput

    def landed(self, branch: str = "feature/change-the-app") -> list[str]:
        """Return the subjects of the merges on the feature branch, oldest first."""
        log = git(self.repository, "log", "--first-parent", "--merges", "--reverse", "--format=%s", branch)
        return log.splitlines()


def plan_project(
    folder: Path, text: str, files: dict[str, str] | None = None, settings: Settings = DEFAULTS
) -> PlannedProject:
    """Make a repository below a folder and plan a runbook for it."""
    return plan_for(make_repository(folder / "project", files), folder / "plan", text, settings)


def plan_for(repository: Path, plan_folder: Path, text: str, settings: Settings = DEFAULTS) -> PlannedProject:
    """Plan a runbook for a repository that is there."""
    source = read_source_bytes(text.encode(), "RUNBOOK.md")
    made = plan_from_documents((source,), repository, settings, None, TIMESTAMP)
    assert made.plan.dag.ok, made.plan.dag.errors
    place = write_plan_folder(made.plan, plan_folder, FolderFacts("document", TIMESTAMP, "0"))
    request = ExecutePlanInput(repository=str(repository), inline=plan_texts(made.plan), timing=QUICK)
    return PlannedProject(repository, place, request)
