"""The archive of plans: each under a tag, never changed again, and checked by its hashes when it is read."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from planner.storage.artifact_text import artifact_text
from planner.storage.plan_folder import read_plan_folder
from schemas.errors import InvalidArguments, PlanValidationFailed
from schemas.plan import FENCE_ORDER, META_FILE, PLAN_ID_PATTERN
from schemas.record import Count, Record

MANIFEST_FILE = "archive.json"
TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ArchivedPlan(Record):
    """The manifest of an archived plan: what it is, when it was archived, and the sha256 of each file."""

    tag: str
    plan_id: Annotated[str, Field(pattern=PLAN_ID_PATTERN)]
    title: str
    tasks: Count
    archived: str
    came_from: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class PlanArchive:
    """All archived plans below one folder."""

    folder: Path

    def add(self, plan_folder: Path, tag: str, timestamp: str) -> Path:
        """Archive a plan under a tag and return where it is; the same plan again changes nothing.

        Raises:
            InvalidArguments: the tag cannot be used, or holds another plan.
            PlanValidationFailed: the plan cannot be read.
        """
        if not TAG.fullmatch(tag) or ".." in tag:
            raise InvalidArguments(
                f"{tag!r} cannot be a tag", hint="use letters, digits, '.', '_' and '-', at most 64"
            )
        plan = read_plan_folder(plan_folder)
        contents = dict(_contents(plan_folder))
        manifest = ArchivedPlan(
            tag=tag,
            plan_id=plan.waves.planId,
            title=plan.tasks.meta.title or "",
            tasks=len(plan.tasks.tasks),
            archived=timestamp,
            came_from=str(plan_folder.resolve()),
            files={name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        )
        place = self.folder / tag
        if place.exists():
            self._check_same(place, manifest)
            return place
        self._write(place, manifest, contents)
        return place

    def plans(self) -> tuple[ArchivedPlan, ...]:
        """Return the archived plans, the newest first."""
        found = [manifest for file in self.folder.glob(f"*/{MANIFEST_FILE}") if (manifest := _manifest(file))]
        return tuple(sorted(found, key=lambda plan: (plan.archived, plan.tag), reverse=True))

    def damage(self, tag: str) -> tuple[str, ...]:
        """Return the files of an archived plan that are not as they were archived; none is as it should be.

        Raises:
            InvalidArguments: nothing was archived under this tag.
        """
        place = self.folder / tag
        manifest = _manifest(place / MANIFEST_FILE)
        if manifest is None:
            raise InvalidArguments(
                f"nothing is archived as {tag!r}", hint="`tasks list-plans` lists the tags"
            )
        return tuple(
            name
            for name, digest in manifest.files.items()
            if not (place / name).is_file()
            or hashlib.sha256((place / name).read_bytes()).hexdigest() != digest
        )

    def _check_same(self, place: Path, manifest: ArchivedPlan) -> None:
        known = _manifest(place / MANIFEST_FILE)
        if known is not None and known.files == manifest.files:
            damaged = self.damage(manifest.tag)
            if not damaged:
                return
            raise PlanValidationFailed(
                f"the archived plan {manifest.tag!r} is damaged: {', '.join(damaged)}",
                hint=f"remove {place} and archive the plan again",
            )
        held = f"{known.plan_id}, archived {known.archived}" if known else "something else"
        raise InvalidArguments(
            f"the tag {manifest.tag!r} is taken: it holds {held}", hint="an archived plan is never replaced"
        )

    def _write(self, place: Path, manifest: ArchivedPlan, contents: dict[str, bytes]) -> None:
        prepared = place.with_name(f".{place.name}.new-{os.getpid()}")
        try:
            shutil.rmtree(prepared, ignore_errors=True)
            prepared.mkdir(parents=True)
            for name, content in {**contents, MANIFEST_FILE: artifact_text(manifest).encode()}.items():
                with (prepared / name).open("wb") as file:
                    file.write(content)
                    os.fsync(file.fileno())
                (prepared / name).chmod(0o444)
            prepared.rename(place)
            place.chmod(0o555)
        except OSError as error:
            shutil.rmtree(prepared, ignore_errors=True)
            raise InvalidArguments(
                f"the archive {self.folder} cannot be written: {error.strerror or error}",
                hint="set TASKS_STATE_DIR to a folder of yours",
            ) from error


def _contents(plan_folder: Path) -> Iterator[tuple[str, bytes]]:
    for name in (*FENCE_ORDER, META_FILE):
        if (plan_folder / name).is_file():
            yield name, (plan_folder / name).read_bytes()


def _manifest(file: Path) -> ArchivedPlan | None:
    try:
        return ArchivedPlan.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
