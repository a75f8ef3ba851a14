"""Remember how checks came out on a clean checkout of a tree, which is not measured twice (ADR 0003)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from activities.atomic_files import write_atomically
from schemas.acceptance_checks import CommandCheck
from schemas.activity_io import CheckResult
from schemas.tasks import PlanCommand

NO_SETUP = "none"
_FORMAT = 2  # a change of what a verdict means makes all that was remembered worthless


@dataclass(frozen=True, slots=True)
class VerifiedTree:
    """What is known of one tree under one environment; kept in files of `<common>/tasks/verified/`."""

    folder: Path
    tree: str
    environment: str
    """What `environment_fingerprint` returns for the environment the checks run in."""
    worked_on: bool = False
    """Whether somebody has worked where the checks run: what is green there may be so because of an ignored
    file, or of something in HOME or TASKS_ENV, and proves nothing of the tree. It is not remembered."""

    def lookup(self, check: str) -> CheckResult | None:
        """Return how the check (see `check_identity`) came out on this tree, None if nobody knows."""
        try:
            result = CheckResult.model_validate_json(self._file(check).read_bytes())
        except (OSError, ValidationError):
            return None  # a file that cannot be read is as good as none: the check is run again
        return result.model_copy(update={"reused": True})

    def record(self, check: str, result: CheckResult) -> bool:
        """Remember a result and return whether that was done.

        Only commands that are green are remembered, where nobody has worked. What is red may have been mended
        outside of the tree by the next time somebody looks, and a retry that repeats an old verdict would be
        none.
        """
        if self.worked_on or result.kind not in {"verify", "command"} or result.verdict != "green":
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file(check), result.model_dump_json(indent=1).encode())
        return True

    def _file(self, check: str) -> Path:
        return self.folder / f"{_digest([_FORMAT, self.tree, check, self.environment])}.json"


def check_identity(check: PlanCommand | CommandCheck) -> str:
    """Return what decides how a command is judged: its script, and what it has to show."""
    if isinstance(check, PlanCommand):
        return check_identity(CommandCheck(type="command", cmd=check.script))
    return json.dumps([check.cmd.strip(), check.expect.model_dump()], sort_keys=True)


def environment_fingerprint(setup: Sequence[str], tree: str, env_pass: Sequence[str] = ()) -> str:
    """Return what decides what commands find in their environment.

    Args:
        setup: the scripts that made it; without any it is the machine's own.
        tree: the tree on which they ran: they may have installed it.
        env_pass: the names of the variables that are passed on to the commands.
    """
    if not setup and not env_pass:
        return NO_SETUP
    return _digest([list(setup), tree if setup else "", sorted(env_pass)])


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
