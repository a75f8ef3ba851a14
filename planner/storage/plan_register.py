"""The register of known plans, in the state folder: one small file for each plan folder."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from planner.storage.artifact_text import artifact_text
from schemas.errors import InvalidArguments
from schemas.plan import META_FILE
from schemas.record import Count, Record


class KnownPlan(Record):
    """A plan that was made on this machine."""

    plan_dir: str
    plan_id: str
    title: str
    drafter: str
    tasks: Count
    ok: bool
    timestamp: str


@dataclass(frozen=True, slots=True)
class PlanRegister:
    """The known plans under one state folder."""

    state_folder: Path

    def add(self, plan: KnownPlan) -> None:
        """Remember a plan; a later one in the same folder takes its place.

        Raises:
            InvalidArguments: when the state folder cannot be written.
        """
        name = hashlib.sha256(plan.plan_dir.encode()).hexdigest()[:32]
        entry = self._folder() / f"{name}.json"
        prepared = entry.with_suffix(f".{os.getpid()}.new")
        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            prepared.write_text(artifact_text(plan), encoding="utf-8")
            prepared.replace(entry)
        except OSError as error:
            raise InvalidArguments(
                f"the state folder {self.state_folder} cannot be written: {error.strerror or error}",
                hint="set TASKS_STATE_DIR to a folder of yours",
            ) from error

    def plans(self) -> tuple[KnownPlan, ...]:
        """Return the known plans whose folder still exists, the newest first."""
        known: list[KnownPlan] = []
        for entry in sorted(self._folder().glob("*.json")):
            try:
                plan = KnownPlan.model_validate_json(entry.read_bytes())
            except (OSError, ValidationError):
                # An entry of another version, or one that was just removed: the plan itself is not lost.
                continue
            if (Path(plan.plan_dir) / META_FILE).is_file():
                known.append(plan)
        return tuple(sorted(known, key=lambda plan: (plan.timestamp, plan.plan_dir), reverse=True))

    def _folder(self) -> Path:
        return self.state_folder / "plans"
