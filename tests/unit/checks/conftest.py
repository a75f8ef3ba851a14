import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from activities.check_runner import run_checks
from activities.environments import empty_environment
from activities.evidence_store import Evidence
from activities.script_runner import Workbench
from activities.verified_trees import VerifiedTree
from planner.machine.work_folder import WorkFolder
from schemas.acceptance_checks import AcceptanceCheck, CommandCheck
from schemas.activity_io import CheckResult
from schemas.tasks import PlanCommand


def verify(script: str) -> PlanCommand:
    return PlanCommand(script=script, origin="document")


def command(script: str, **expect: object) -> CommandCheck:
    return CommandCheck.model_validate({"type": "command", "cmd": script, "expect": expect})


class Shop:
    """A worktree with all that lies beside it, and the checks that are run in it."""

    def __init__(self, folder: Path) -> None:
        self.work = WorkFolder(folder / "worktrees" / "T1")
        self.work.path.mkdir(parents=True)
        empty_environment(self.work)
        self.evidence_folder = folder / "evidence"
        self.bench = Workbench(
            work=self.work,
            evidence=Evidence(self.evidence_folder, "post_test"),
            outer=dict(os.environ),
            deadline_seconds=60.0,
            grace_seconds=1.0,
        )

    def write(self, path: str, text: str) -> Path:
        file = self.work.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def with_changes(self, **changes: object) -> Workbench:
        return replace(self.bench, **cast("dict[str, Any]", changes))

    def run(
        self,
        plan: Sequence[PlanCommand] = (),
        own: Sequence[AcceptanceCheck] = (),
        verified: VerifiedTree | None = None,
    ) -> tuple[CheckResult, ...]:
        return asyncio.run(run_checks(self.bench, plan, own, verified))

    def judge(self, check: AcceptanceCheck) -> CheckResult:
        (result,) = self.run(own=[check])
        return result


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)
